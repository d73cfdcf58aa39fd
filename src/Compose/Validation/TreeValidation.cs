using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Validation;

/// <summary>What the schema cannot say about one place of the tree.</summary>
internal static class TreeValidation
{
    private delegate void Rule(Node node, string path, DiagnosticList diagnostics);

    private static readonly PathRules<Rule> Rules = new()
    {
        ["volumes.*"] = ExternalVolume,
        ["configs.*"] = static (node, path, diagnostics) => Source(node, path, diagnostics, "file", "environment", "content"),
        ["secrets.*"] = static (node, path, diagnostics) => Source(node, path, diagnostics, "file", "environment"),
        ["services.*.ports.*"] = HostIp,
        ["services.*.develop.watch.*.path"] = static (node, path, diagnostics) =>
        {
            if (node is ScalarNode { Text: "" }) diagnostics.Error(node.Position, $"{path} is empty; name a directory or file to watch");
        },
        ["services.*.deploy.resources.reservations.devices.*"] = DeviceRequest,
        ["services.*.gpus.*"] = DeviceRequest,
    };

    internal static void Check(MappingNode tree, DiagnosticList diagnostics) =>
        TreeWalk.Visit(tree, Rules, (rule, node, path) => rule(node, path, diagnostics));

    private static void ExternalVolume(Node node, string path, DiagnosticList diagnostics)
    {
        if (node is not MappingNode volume || volume.Find("external") is not ScalarNode { IsTrue: true }) return;
        foreach (var (key, _, position) in volume)
            if (key is not ("name" or "external") && !key.StartsWith("x-", StringComparison.Ordinal))
                diagnostics.Error(position, $"{path} is external, so `{key}` has no effect; remove it, or `external`");
    }

    private static void Source(Node node, string path, DiagnosticList diagnostics, params ReadOnlySpan<string> keys)
    {
        if (node is not MappingNode map) return;
        var found = new List<string>();
        foreach (var key in keys)
            if (map.Has(key)) found.Add($"`{key}`");
        if (found.Count > 1) diagnostics.Error(map.Position, $"{path} has {string.Join(" and ", found)}; keep one of them");
        if (found.Count == 0 && !map.Has("driver") && !map.Has("external"))
            diagnostics.Error(map.Position, $"{path} says nothing of its content; add `{string.Join("`, `", keys.ToArray())}` or `external: true`");
    }

    private static void HostIp(Node node, string path, DiagnosticList diagnostics)
    {
        if (node is MappingNode port && port.Find("host_ip") is ScalarNode ip && !IpText.IsAddress(ip.Text))
            diagnostics.Error(ip.Position, $"{path}: `{ip.Text}` is not an IP address; write one such as 127.0.0.1");
    }

    private static void DeviceRequest(Node node, string path, DiagnosticList diagnostics)
    {
        if (node is MappingNode request && request.Has("count") && request.Has("device_ids"))
            diagnostics.Error(request.Position, $"{path} has `count` and `device_ids`; keep one of them");
    }
}
