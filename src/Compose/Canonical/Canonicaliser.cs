using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Merging;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Canonical;

/// <summary>Every short syntax becomes the long one; the table says where and how.</summary>
internal sealed class Canonicaliser(DiagnosticList diagnostics, bool interpolated)
{
    private delegate Node Rule(Canonicaliser self, Node node, PathRules<Rule>.Place place);

    private static readonly PathRules<Rule> Rules = BuildRules();

    internal void Apply(MappingNode tree) => Below(tree, Rules.Root);

    private Node Walk(Node node, PathRules<Rule>.Place? place)
    {
        if (place is null) return node;
        return place.Rule is { } rule ? rule(this, node, place) : Below(node, place);
    }

    private Node Below(Node node, PathRules<Rule>.Place place)
    {
        if (node is MappingNode map)
        {
            for (var i = 0; i < map.Count; i++)
            {
                var value = map[i].Value;
                var walked = Walk(value, place.Key(map[i].Key));
                if (!ReferenceEquals(value, walked)) map.SetAt(i, walked);
            }
        }
        else if (node is SequenceNode list && place.Item is { } item)
        {
            for (var i = 0; i < list.Items.Count; i++) list.Items[i] = Walk(list.Items[i], item);
        }
        return node;
    }

    private static PathRules<Rule> BuildRules()
    {
        var rules = new PathRules<Rule>();
        foreach (var pattern in new[] { "services.*.dns", "services.*.label_file", "services.*.develop.watch.*.ignore", "services.*.develop.watch.*.include" })
            rules[pattern] = static (_, node, _) => Text(node) is not null ? List(node) : node;
        foreach (var pattern in new[] { "services.*.secrets.*", "services.*.configs.*", "services.*.build.secrets.*" })
            rules[pattern] = static (_, node, _) => Text(node) is not null ? Map(node, ("source", node)) : node;
        foreach (var pattern in new[] { "services.*.build.provenance", "services.*.build.sbom" })
            rules[pattern] = static (_, node, _) => node is ScalarNode { IsNull: false } scalar ? ScalarNode.String(node.Position, scalar.Print()) : node;
        foreach (var pattern in new[] { "services.*.networks", "services.*.models" })
            rules[pattern] = static (_, node, _) => node is SequenceNode ? ListForms.Keys(node) : node;
        foreach (var pattern in new[] { "volumes.*", "networks.*", "secrets.*", "configs.*" })
            rules[pattern] = static (self, node, _) => self.External(node);
        foreach (var pattern in new[] { "services.*.ulimits.*", "services.*.build.ulimits.*" })
            rules[pattern] = static (self, node, _) => self.Ulimit(node);
        rules["services.*.build"] = static (self, node, place) => Text(node) is not null ? Map(node, ("context", node)) : self.Below(node, place);
        rules["services.*.build.additional_contexts"] = static (self, node, _) => self.KeyValues(node);
        rules["services.*.build.ssh"] = static (self, node, _) => self.SshKeys(node);
        rules["services.*.depends_on"] = static (_, node, _) => Dependencies(node);
        rules["services.*.devices.*"] = static (self, node, _) => self.Device(node);
        rules["services.*.env_file"] = static (_, node, _) => EnvFiles(node);
        rules["services.*.extends"] = static (_, node, _) => Text(node) is not null ? Map(node, ("service", node)) : node;
        rules["services.*.gpus"] = static (_, node, _) => Text(node) is not null ? List(Map(node, ("count", node))) : node;
        rules["services.*.ports"] = static (self, node, _) => self.Ports(node);
        rules["services.*.volumes.*"] = static (self, node, _) => self.Volume(node);
        return rules;
    }

    private static string? Text(Node node) => node is ScalarNode { Kind: ScalarKind.String } scalar ? scalar.Text : null;

    private static SequenceNode List(Node item) => new(item.Position, [item]);

    private static MappingNode Map(Node at, params ReadOnlySpan<(string Key, Node Value)> entries)
    {
        var map = new MappingNode(at.Position);
        foreach (var (key, value) in entries) map.Set(key, value, at.Position);
        return map;
    }

    private static ScalarNode String(Node at, string text) => ScalarNode.String(at.Position, text);

    private Node KeyValues(Node node)
    {
        if (node is not SequenceNode list) return node;
        var map = new MappingNode(list.Position);
        foreach (var item in list.Items)
        {
            var text = Text(item) ?? "";
            var cut = text.IndexOf('=');
            if (cut < 0)
            {
                if (!interpolated) return node;
                diagnostics.Error(item.Position, $"`{text}` has no value; write NAME=VALUE");
                continue;
            }
            map.Set(text[..cut], String(item, text[(cut + 1)..]), item.Position);
        }
        return map;
    }

    private Node SshKeys(Node node)
    {
        if (node is not SequenceNode list) return node;
        var map = new MappingNode(list.Position);
        foreach (var item in list.Items)
        {
            var text = Text(item) ?? "";
            var cut = text.IndexOf('=');
            if (cut >= 0) map.Set(text[..cut], String(item, text[(cut + 1)..]), item.Position);
            else if (text == "default") map.Set(text, ScalarNode.Null(item.Position), item.Position);
            else diagnostics.Error(item.Position, $"ssh key `{text}` has no path; write {text}=PATH, or `default` for the agent");
        }
        return map;
    }

    private static Node Dependencies(Node node)
    {
        if (node is not MappingNode map) return ListForms.Dependencies(node);
        foreach (var (_, value, position) in map)
        {
            if (value is not MappingNode dependency) continue;
            if (!dependency.Has("condition")) dependency.Set("condition", ScalarNode.String(position, "service_started"));
            if (!dependency.Has("required")) dependency.Set("required", ScalarNode.Boolean(position, true));
        }
        return map;
    }

    private static Node EnvFiles(Node node)
    {
        if (Text(node) is not null) return List(EnvFile(node));
        if (node is SequenceNode list)
            for (var i = 0; i < list.Items.Count; i++) list.Items[i] = EnvFile(list.Items[i]);
        return node;
    }

    private static Node EnvFile(Node item)
    {
        if (Text(item) is not null) return Map(item, ("path", item), ("required", ScalarNode.Boolean(item.Position, true)));
        if (item is MappingNode map && !map.Has("required")) map.Set("required", ScalarNode.Boolean(item.Position, true));
        return item;
    }

    private Node Device(Node node)
    {
        if (Text(node) is not { } text) return node;
        var parts = text.Split(':');
        if (parts.Length > 3 && interpolated) diagnostics.Error(node.Position, $"device `{text}` has too many colons; write HOST:CONTAINER:PERMISSIONS");
        var source = parts.Length > 3 ? "" : parts[0];
        var target = parts.Length is 2 or 3 && parts[1].Length > 0 ? parts[1] : source;
        return Map(node, ("source", String(node, source)), ("target", String(node, target)), ("permissions", String(node, parts.Length == 3 ? parts[2] : "rwm")));
    }

    private Node Ulimit(Node node)
    {
        if (node is ScalarNode { Kind: not ScalarKind.Integer } && interpolated) diagnostics.Error(node.Position, $"a limit is an integer or a mapping of `soft` and `hard`; this is {node.Describe()}");
        return node;
    }

    private Node External(Node node)
    {
        if (node is not MappingNode resource || resource.Find("external") is not MappingNode external) return node;
        resource.Set("external", ScalarNode.Boolean(external.Position, true));
        if (external.Find("name") is not { } name) return node;
        diagnostics.Warning(external.Position, "`external.name` is deprecated; write `name:` beside `external: true`");
        if (resource.Find("name") is not { } own) resource.Set("name", name, external.KeyPosition("name"));
        else if (!own.SameAs(name)) diagnostics.Error(name.Position, "`name` and `external.name` differ; use `name` only");
        return node;
    }

    private Node Ports(Node node)
    {
        if (node is not SequenceNode list) return node;
        var ports = new List<Node>(list.Items.Count);
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode scalar)
            {
                ports.Add(item);
                continue;
            }
            if (scalar.Kind == ScalarKind.Float)
            {
                diagnostics.Error(item.Position, $"`{scalar.Text}` is not a port; quote it (\"{scalar.Text}\") if it is HOST:CONTAINER, else write an integer");
                continue;
            }
            var parsed = PortSpec.Parse(scalar.Print(), out var error);
            if (error is not null)
            {
                if (!interpolated) return node;
                diagnostics.Error(item.Position, $"port `{scalar.Text}`: {error}");
            }
            foreach (var port in parsed)
            {
                var map = Map(item, ("mode", String(item, "ingress")));
                if (port.HostIp is not null) map.Set("host_ip", String(item, port.HostIp));
                map.Set("target", ScalarNode.Int(item.Position, port.Target));
                if (port.Published is not null) map.Set("published", String(item, port.Published));
                map.Set("protocol", String(item, port.Protocol));
                ports.Add(map);
            }
        }
        return new SequenceNode(list.Position, ports);
    }

    private Node Volume(Node node)
    {
        if (Text(node) is not { } text) return node;
        if (VolumeSpec.Parse(text, out var error) is not { } spec)
        {
            if (interpolated) diagnostics.Error(node.Position, $"mount `{text}`: {error}");
            return node;
        }
        var map = Map(node, ("type", String(node, spec.IsBind ? "bind" : "volume")));
        if (spec.Source.Length > 0) map.Set("source", String(node, spec.Source));
        map.Set("target", String(node, PathText.Clean(spec.Target)));
        if (spec.ReadOnly) map.Set("read_only", ScalarNode.Boolean(node.Position, true));
        if (spec.IsBind || spec.Propagation is not null || spec.Selinux is not null)
        {
            var bind = new MappingNode(node.Position);
            if (spec.Selinux is not null) bind.Set("selinux", String(node, spec.Selinux));
            if (spec.Propagation is not null) bind.Set("propagation", String(node, spec.Propagation));
            // Short syntax makes a missing host directory, as docker-compose always did.
            if (spec.IsBind) bind.Set("create_host_path", ScalarNode.Boolean(node.Position, true));
            map.Set("bind", bind);
        }
        if (spec.NoCopy || !spec.IsBind && !spec.IsBare)
        {
            var volume = new MappingNode(node.Position);
            if (spec.NoCopy) volume.Set("nocopy", ScalarNode.Boolean(node.Position, true));
            map.Set("volume", volume);
        }
        return map;
    }
}
