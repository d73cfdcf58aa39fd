using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Canonical;

/// <summary>What is implied becomes explicit: the default network, dependencies behind links and shared namespaces, names.</summary>
internal static class Normaliser
{
    internal static void Apply(MappingNode tree, string projectName, Func<string, string?> lookup)
    {
        DefaultNetwork(tree);
        if (tree.Find("services") is MappingNode services)
            foreach (var entry in services)
                if (entry.Value is MappingNode service) Service(service, lookup);
        NameResources(tree, projectName);
    }

    private static void DefaultNetwork(MappingNode tree)
    {
        var used = false;
        if (tree.Find("services") is MappingNode services)
            foreach (var entry in services)
            {
                if (entry.Value is not MappingNode service || service.Has("provider") || service.Has("network_mode")) continue;
                if (service.Find("networks") is MappingNode { Count: > 0 } networks) used |= networks.Has("default");
                else
                {
                    var own = new MappingNode(Position.None);
                    own.Set("default", ScalarNode.Null(Position.None));
                    service.Set("networks", own, Position.None);
                    used = true;
                }
            }
        if (!used) return;
        if (tree.Find("networks") is not MappingNode all) tree.Set("networks", all = new MappingNode(Position.None));
        if (!all.Has("default")) all.Set("default", ScalarNode.Null(Position.None));
    }

    private static void Service(MappingNode service, Func<string, string?> lookup)
    {
        if (service.Find("pull_policy") is ScalarNode { Text: "if_not_present" } policy) service.Set("pull_policy", ScalarNode.String(policy.Position, "missing"));
        if (service.Find("build") is MappingNode build) Build(build, lookup);
        if (service.Find("environment") is { } environment) ResolveEmpty(environment, lookup, keepUnset: true);
        if (service.Find("volumes") is SequenceNode volumes)
            foreach (var item in volumes.Items)
                if (item is MappingNode volume && volume.Find("target") is ScalarNode target)
                    volume.Set("target", ScalarNode.String(target.Position, PathText.Clean(target.Text)));
        if (service.Find("pre_start") is SequenceNode hooks && service.Find("image") is { } image)
            foreach (var item in hooks.Items)
                if (item is MappingNode hook && !hook.Has("image")) hook.Set("image", image);
        ImpliedDependencies(service);
    }

    private static void Build(MappingNode build, Func<string, string?> lookup)
    {
        if (build.Find("context") is null or { IsNull: true }) build.Set("context", ScalarNode.String(build.Position, "."));
        if (build.Find("dockerfile") is null or { IsNull: true } && build.Find("dockerfile_inline") is null or { IsNull: true })
            build.Set("dockerfile", ScalarNode.String(build.Position, "Dockerfile"));
        if (build.Find("args") is { } args) ResolveEmpty(args, lookup, keepUnset: false);
    }

    /// <summary>Names without value take it from the environment; one that is not set there is kept, or dropped.</summary>
    private static void ResolveEmpty(Node node, Func<string, string?> lookup, bool keepUnset)
    {
        if (node is MappingNode map)
        {
            for (var i = map.Count - 1; i >= 0; i--)
            {
                if (!map[i].Value.IsNull) continue;
                if (lookup(map[i].Key) is { } value) map.SetAt(i, ScalarNode.String(map[i].Value.Position, value));
                else if (!keepUnset) map.RemoveAt(i);
            }
        }
        else if (node is SequenceNode list)
        {
            list.PrintsEmpty = false;
            for (var i = list.Items.Count - 1; i >= 0; i--)
            {
                if (list.Items[i] is not ScalarNode { Kind: ScalarKind.String } pair || pair.Text.Contains('=')) continue;
                if (lookup(pair.Text) is { } value) list.Items[i] = ScalarNode.String(pair.Position, $"{pair.Text}={value}");
                else if (!keepUnset) list.Items.RemoveAt(i);
            }
        }
    }

    private static void ImpliedDependencies(MappingNode service)
    {
        var dependencies = service.Find("depends_on") as MappingNode ?? new MappingNode(service.Position);
        if (service.Find("links") is SequenceNode links)
            foreach (var item in links.Items)
                if (item is ScalarNode link)
                    Add(dependencies, link, link.Text.Split(':') is [var service2, _] ? service2 : link.Text, restart: true);
        foreach (var key in (ReadOnlySpan<string>)["network_mode", "ipc", "pid", "uts", "cgroup"])
            if (service.Find(key) is ScalarNode mode && mode.Text.StartsWith("service:", StringComparison.Ordinal))
                Add(dependencies, mode, mode.Text["service:".Length..], restart: true);
        if (service.Find("volumes_from") is SequenceNode donors)
            foreach (var item in donors.Items)
                if (item is ScalarNode donor && !donor.Text.StartsWith("container:", StringComparison.Ordinal))
                    Add(dependencies, donor, donor.Text.Split(':')[0], restart: false);
        if (dependencies.Count > 0) service.Set("depends_on", dependencies);
    }

    private static void Add(MappingNode dependencies, Node at, string service, bool restart)
    {
        if (dependencies.Has(service)) return;
        var dependency = new MappingNode(at.Position);
        dependency.Set("condition", ScalarNode.String(at.Position, "service_started"));
        dependency.Set("restart", ScalarNode.Boolean(at.Position, restart));
        dependency.Set("required", ScalarNode.Boolean(at.Position, true));
        dependencies.Set(service, dependency, at.Position);
    }

    private static void NameResources(MappingNode tree, string projectName)
    {
        foreach (var kind in (ReadOnlySpan<string>)["networks", "volumes", "configs", "secrets"])
        {
            if (tree.Find(kind) is not MappingNode resources) continue;
            for (var i = 0; i < resources.Count; i++)
            {
                var (key, value, position) = resources[i];
                if (value is not MappingNode resource)
                {
                    if (!value.IsNull) continue;
                    resources.SetAt(i, resource = new MappingNode(position));
                }
                if (resource.Find("name") is not (null or { IsNull: true })) continue;
                var external = resource.Find("external") is ScalarNode { Kind: ScalarKind.Boolean, IsTrue: true } or ScalarNode { Kind: ScalarKind.String, Text: "1" or "t" or "T" or "true" or "TRUE" or "True" };
                resource.Set("name", ScalarNode.String(position, external ? key : $"{projectName}_{key}"));
            }
        }
    }
}
