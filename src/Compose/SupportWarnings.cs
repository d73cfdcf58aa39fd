using System.Collections.Immutable;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose;

/// <summary>The keys of a loaded project that this program does not honour, with the places where they stand. `up` prints them.</summary>
public static class SupportWarnings
{
    private delegate string? Objection(Node value);

    private sealed record Rule(SupportedKey Key, Objection? Objects);

    private static readonly PathRules<Rule> Rules = BuildRules();

    /// <summary>One warning per place, for the active services and what they use; empty if the load failed.</summary>
    public static ImmutableArray<Diagnostic> For(LoadResult result)
    {
        if (result is not { Project: { } project, Tree: { } tree }) return [];
        var diagnostics = new DiagnosticList();
        foreach (var (kind, value, position) in tree)
        {
            if (Rules.Root.Key(kind) is not { } place) continue;
            if (kind == "services") Names(value, place, kind, project.Services.ContainsKey, diagnostics);
            else if (kind == "networks") Names(value, place, kind, project.Networks.ContainsKey, diagnostics);
            else Walk(value, place, kind, position, diagnostics);
        }
        return diagnostics.ToImmutable();
    }

    private static void Names(Node node, PathRules<Rule>.Place place, string path, Func<string, bool> used, DiagnosticList diagnostics)
    {
        if (node is not MappingNode map) return;
        foreach (var (name, value, position) in map)
        {
            if (!used(name)) continue;
            if (place.Rule is { } rule) Warn(rule.Key, null, $"{path}.{name}", position, diagnostics);
            else if (place.Key(name) is { } below) Walk(value, below, $"{path}.{name}", position, diagnostics);
        }
    }

    private static void Walk(Node node, PathRules<Rule>.Place place, string path, Position at, DiagnosticList diagnostics)
    {
        if (place.Rule is { Key.Level: SupportLevel.Warned } rule)
        {
            Warn(rule.Key, null, path, at, diagnostics);
            return;
        }
        if (place.Rule is { Objects: { } objects } partly && objects(node) is { } what) Warn(partly.Key, what, path, at, diagnostics);
        if (node is MappingNode map)
        {
            foreach (var (key, value, position) in map)
                if (place.Key(key) is { } below) Walk(value, below, $"{path}.{key}", position, diagnostics);
        }
        else if (node is SequenceNode list && place.Item is { } item)
        {
            for (var i = 0; i < list.Items.Count; i++) Walk(list.Items[i], item, $"{path}[{i}]", list.Items[i].Position, diagnostics);
        }
    }

    /// <summary>What stands nowhere in a file (the default network) is nobody's mistake.</summary>
    private static void Warn(SupportedKey key, string? what, string path, Position at, DiagnosticList diagnostics)
    {
        if (at.Line == 0) return;
        diagnostics.Warning(at, what is null
            ? $"{path} has no effect yet: {key.Note}"
            : $"{path}: {what} has no effect yet; supported: {key.Note}");
    }

    private static PathRules<Rule> BuildRules()
    {
        var objections = new Dictionary<string, Objection>(StringComparer.Ordinal)
        {
            ["services.*.deploy.endpoint_mode"] = static node => Unless(node, "dnsrr"),
            ["services.*.networks.*.driver_opts"] = static node => (node as MappingNode)?.Select(static e => e.Key).FirstOrDefault(static k => k != "com.docker.network.endpoint.ifname") is { } key ? $"`{key}`" : null,
            ["networks.*.driver"] = static node => Unless(node, "default", "bridge", "macvlan", "ipvlan", "host", "none", "null"),
            ["networks.*.ipam.driver"] = static node => Unless(node, "default"),
            ["services.*.logging"] = static node => Logging(node as MappingNode),
            ["services.*.security_opt"] = static node => (node as SequenceNode)?.Items.Select(Text).FirstOrDefault(static o => o is not null && !IsHonouredSecurityOption(o)) is { } option ? $"`{option}`" : null,
            ["services.*.build.provenance"] = static node => Unless(node, "false", "mode=disabled"),
            ["services.*.build.sbom"] = static node => Unless(node, "false"),
            ["volumes.*.driver"] = static node => Unless(node, "local"),
            ["volumes.*.driver_opts"] = static node => (node as MappingNode)?.Select(static e => e.Key).FirstOrDefault(static k => k is not ("type" or "device" or "o")) is { } key ? $"`{key}`" : null,
        };
        var rules = new PathRules<Rule>();
        foreach (var key in SupportedKeys.All)
            if (key.Level != SupportLevel.Honoured) rules[key.Path] = new Rule(key, objections.GetValueOrDefault(key.Path));
        return rules;
    }

    // SELinux labels are not given to containers: to ask for none is to get that.
    private static bool IsHonouredSecurityOption(string option)
    {
        var (name, value) = option.IndexOfAny(['=', ':']) is var at and >= 0 ? (option[..at], option[(at + 1)..]) : (option, "");
        return name is "no-new-privileges" or "seccomp" or "apparmor" || (name == "label" && value == "disable") || (name == "systempaths" && value == "unconfined");
    }

    private static string? Logging(MappingNode? logging)
    {
        if (Text(logging?.Find("driver")) is { } driver and not ("json-file" or "local" or "none")) return $"driver `{driver}`";
        return (logging?.Find("options") as MappingNode)?.Select(static e => e.Key).FirstOrDefault(static k => k is not ("max-size" or "max-file")) is { } option ? $"option `{option}`" : null;
    }

    private static string? Unless(Node node, params ReadOnlySpan<string> supported) =>
        Text(node) is { Length: > 0 } text && !supported.Contains(text) ? $"`{text}`" : null;

    private static string? Text(Node? node) => node is ScalarNode { IsNull: false } scalar ? scalar.Text : null;
}
