using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Canonical;

/// <summary>Required attributes that may be left out get the value that is meant then.</summary>
internal static class Defaults
{
    private static readonly PathRules<Action<MappingNode>> Rules = new()
    {
        ["services.*.build"] = static build => SetDefault(build, "context", "."),
        ["services.*.secrets.*"] = static secret => SetDefault(secret, "target", "/run/secrets/" + (secret.Find("source") is ScalarNode s ? s.Print() : "")),
        ["services.*.ports.*"] = static port =>
        {
            SetDefault(port, "protocol", "tcp");
            SetDefault(port, "mode", "ingress");
        },
        ["services.*.deploy.resources.reservations.devices.*"] = DeviceRequest,
        ["services.*.gpus.*"] = DeviceRequest,
    };

    internal static void Apply(MappingNode tree) => TreeWalk.Visit(tree, Rules, static (rule, node, _) =>
    {
        if (node is MappingNode map) rule(map);
    });

    private static void DeviceRequest(MappingNode request)
    {
        if (!request.Has("device_ids")) SetDefault(request, "count", "all");
    }

    private static void SetDefault(MappingNode map, string key, string value)
    {
        if (!map.Has(key)) map.Set(key, ScalarNode.String(map.Position, value));
    }
}
