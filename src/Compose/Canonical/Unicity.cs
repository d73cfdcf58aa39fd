using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Canonical;

/// <summary>
/// A list that says the same thing twice keeps the later one, in the place of the earlier: after a merge, that is how an
/// override wins. What makes two items the same thing is the table's business.
/// </summary>
internal static class Unicity
{
    /// <summary>The identity of an item; null: it cannot be told, and the item is kept.</summary>
    private delegate string? Identity(Node item);

    private static readonly PathRules<Identity> Rules = BuildRules();

    internal static void Enforce(MappingNode tree, DiagnosticList diagnostics) => Walk(tree, Rules.Root, diagnostics);

    private static void Walk(Node node, PathRules<Identity>.Place place, DiagnosticList diagnostics)
    {
        if (node is MappingNode map)
        {
            for (var i = 0; i < map.Count; i++)
                if (place.Key(map[i].Key) is { } below) Walk(map[i].Value, below, diagnostics);
        }
        else if (node is SequenceNode list && place.Rule is { } identity)
        {
            list.PrintsEmpty = true;
            if (list.Items.Count > 0) Enforce(list.Items, identity, diagnostics);
        }
    }

    private static void Enforce(List<Node> items, Identity identity, DiagnosticList diagnostics)
    {
        var seen = new Dictionary<string, int>(items.Count, StringComparer.Ordinal);
        var kept = 0;
        foreach (var item in items.ToArray())
        {
            string? key;
            try
            {
                key = identity(item);
            }
            catch (ComposeException error)
            {
                diagnostics.Error(error.Position, error.Message);
                key = null;
            }
            if (key is not null && seen.TryGetValue(key, out var at)) items[at] = item;
            else
            {
                if (key is not null) seen[key] = kept;
                items[kept++] = item;
            }
        }
        items.RemoveRange(kept, items.Count - kept);
    }

    private static PathRules<Identity> BuildRules()
    {
        var rules = new PathRules<Identity>();
        foreach (var pattern in new[]
                 {
                     "networks.*.labels", "networks.*.ipam.options", "services.*.annotations", "services.*.build.args",
                     "services.*.build.additional_contexts", "services.*.build.platform", "services.*.build.tags", "services.*.build.labels",
                     "services.*.cap_add", "services.*.cap_drop", "services.*.deploy.labels", "services.*.dns", "services.*.dns_opt",
                     "services.*.dns_search", "services.*.environment", "services.*.labels", "services.*.links", "services.*.networks.*.aliases",
                     "services.*.networks.*.link_local_ips", "services.*.profiles", "services.*.sysctls", "services.*.tmpfs",
                 })
            rules[pattern] = KeyValue;
        rules["services.*.configs"] = static item => Mount(item, "");
        rules["services.*.secrets"] = static item => Mount(item, "/run/secrets");
        rules["services.*.devices"] = Device;
        rules["services.*.env_file"] = static item => item is MappingNode map ? Text(map.Find("path")) : Text(item);
        rules["services.*.expose"] = static item => item is ScalarNode scalar
            ? scalar.Kind is ScalarKind.String or ScalarKind.Integer ? scalar.Print() : throw new ComposeException(item.Position, $"`{scalar.Text}` is not a port; write an integer or a range such as 8000-8010")
            : null;
        rules["services.*.ports"] = Port;
        rules["services.*.volumes"] = Volume;
        return rules;
    }

    private static string? Text(Node? node) => node is ScalarNode { Kind: ScalarKind.String } scalar ? scalar.Text : null;

    private static string? KeyValue(Node item) => Text(item) is { } text ? text.IndexOf('=') is var cut and >= 0 ? text[..cut] : text : null;

    private static string? Mount(Node item, string directory)
    {
        if (item is not MappingNode map) return Text(item) is { } source ? directory + "/" + source : null;
        return map.Has("target") ? Text(map.Find("target")) : directory + "/" + Text(map.Find("source"));
    }

    private static string? Device(Node item)
    {
        if (item is MappingNode map)
            return Text(map.Find("target")) ?? throw new ComposeException(map.Position, "this device has no `target`; add where it appears in the container");
        if (Text(item) is not { } text) return null;
        var parts = text.Split(':');
        return parts.Length == 1 ? parts[0] : parts[1];
    }

    private static string? Volume(Node item)
    {
        if (item is MappingNode map)
            return Text(map.Find("target")) ?? throw new ComposeException(map.Position, "this mount has no `target`; add where it appears in the container");
        if (Text(item) is not { } text) return null;
        return VolumeSpec.Parse(text, out _)?.Target;
    }

    private static string? Port(Node item)
    {
        if (item is ScalarNode { Kind: ScalarKind.String or ScalarKind.Integer } scalar) return scalar.Print();
        if (item is not MappingNode map) return null;
        if (map.Find("target") is not { } target)
            throw new ComposeException(map.Position, "this port has no `target`; add the port that the container listens on");
        return $"{Tagged(map.Find("host_ip"), "0.0.0.0")}:{Tagged(map.Find("published"), null)}:{Tagged(target, null)}/{Tagged(map.Find("protocol"), "tcp")}";

        // A number and a string are two things to the reference, even if they read the same.
        static string? Tagged(Node? node, string? absent) => node is ScalarNode s ? s.Kind == ScalarKind.String ? s.Text : "#" + s.Print() : absent;
    }
}
