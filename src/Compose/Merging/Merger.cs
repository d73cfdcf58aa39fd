using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Merging;

/// <summary>
/// Merges a later document into an earlier tree. Mappings merge by key, lists append, scalars are replaced; the places where
/// the specification says otherwise stand in the table.
/// </summary>
internal static class Merger
{
    private delegate Node? Rule(Node earlier, Node? later, PathRules<Rule>.Place place);

    private static readonly PathRules<Rule> Rules = BuildRules();

    /// <summary>The place of a service, where `extends` merges.</summary>
    private static readonly PathRules<Rule>.Place ServicePlace = Rules.Root.Key("services")!.Key("x")!;

    /// <summary>Merges whole documents. The earlier tree is changed.</summary>
    internal static void Merge(MappingNode earlier, MappingNode later) => Mappings(earlier, later, Rules.Root);

    /// <summary>Merges what a service says into the service it extends, which is changed.</summary>
    internal static MappingNode Extend(MappingNode extended, MappingNode service) => Mappings(extended, service, ServicePlace);

    private static Node Nodes(Node earlier, Node later, PathRules<Rule>.Place? place)
    {
        if (place?.Rule is { } rule) return rule(earlier, later.IsNull ? null : later, place) ?? ScalarNode.Null(later.Position);
        if (later.IsNull) return earlier;
        switch (earlier)
        {
            case MappingNode map:
                return later is MappingNode other ? Mappings(map, other, place) : throw Mismatch(earlier, later);
            case SequenceNode list:
                return later is SequenceNode more ? Append(list, more.Items) : throw Mismatch(earlier, later);
            default:
                return later;
        }
    }

    private static MappingNode Mappings(MappingNode earlier, MappingNode later, PathRules<Rule>.Place? place)
    {
        for (var i = 0; i < later.Count; i++)
        {
            var (key, value, keyPosition) = later[i];
            if (earlier.Find(key) is not { } existing)
            {
                earlier.Set(key, value, keyPosition);
                continue;
            }
            var merged = Nodes(existing, value, place?.Key(key));
            earlier.Set(key, merged, ReferenceEquals(merged, existing) ? null : keyPosition);
        }
        return earlier;
    }

    private static SequenceNode Append(SequenceNode earlier, List<Node> later)
    {
        earlier.Items.AddRange(later);
        return earlier;
    }

    private static ComposeException Mismatch(Node earlier, Node later) =>
        new(later.Position, $"this is {later.Describe()}, but {earlier.Position.File}:{earlier.Position.Line} has {earlier.Describe()} here; both files must use the same form");

    private static PathRules<Rule> BuildRules()
    {
        var rules = new PathRules<Rule>();
        foreach (var pattern in new[]
                 {
                     "networks.*.labels", "volumes.*.labels", "services.*.annotations", "services.*.build.args",
                     "services.*.build.additional_contexts", "services.*.build.labels", "services.*.deploy.labels", "services.*.dns",
                     "services.*.dns_opt", "services.*.dns_search", "services.*.env_file", "services.*.label_file",
                     "services.*.environment", "services.*.labels", "services.*.volumes.*.volume.labels", "services.*.sysctls",
                     "services.*.tmpfs",
                 })
            rules[pattern] = static (earlier, later, _) => Pairs(earlier, later);
        foreach (var pattern in new[] { "services.*.command", "services.*.entrypoint", "services.*.healthcheck.test" })
            rules[pattern] = static (_, later, _) => later;
        foreach (var pattern in new[] { "services.*.build.extra_hosts", "services.*.extra_hosts" })
            rules[pattern] = static (earlier, later, _) => Hosts(earlier, later);
        foreach (var pattern in new[] { "services.*.models", "services.*.networks" })
            rules[pattern] = static (earlier, later, place) => Mappings(ListForms.Keys(earlier), ListForms.Keys(later), place);
        rules["services.*.depends_on"] = static (earlier, later, place) => Mappings(ListForms.Dependencies(earlier), ListForms.Dependencies(later), place);
        rules["services.*.build"] = static (earlier, later, place) => Mappings(ListForms.Build(earlier), ListForms.Build(later), place);
        rules["services.*.logging"] = static (earlier, later, place) => Logging(earlier, later, place);
        rules["services.*.ulimits.*"] = static (_, later, _) => later;
        rules["networks.*.ipam.config"] = static (earlier, later, place) => AddressPools(earlier, later, place);
        return rules;
    }

    private static SequenceNode Pairs(Node earlier, Node? later) => Append(ListForms.Pairs(earlier), ListForms.Pairs(later).Items);

    private static SequenceNode Hosts(Node earlier, Node? later)
    {
        var hosts = ListForms.Pairs(earlier);
        foreach (var host in ListForms.Pairs(later).Items)
            if (!hosts.Items.Exists(host.SameAs)) hosts.Items.Add(host);
        return hosts;
    }

    /// <summary>Options merge only between equal drivers, or if one of the two names none.</summary>
    private static Node Logging(Node earlier, Node? later, PathRules<Rule>.Place place)
    {
        if (later is null) return earlier;
        if (earlier is not MappingNode map) return later;
        if (later is not MappingNode other) throw Mismatch(earlier, later);
        var (driver, otherDriver) = (map.Find("driver"), other.Find("driver"));
        return driver is null || otherDriver is null || driver.SameAs(otherDriver) ? Mappings(map, other, place) : other;
    }

    /// <summary>Pools of the same subnet merge; others stand side by side.</summary>
    private static SequenceNode AddressPools(Node earlier, Node? later, PathRules<Rule>.Place place)
    {
        if (earlier is not SequenceNode pools || later is not SequenceNode others)
            throw new ComposeException((later ?? earlier).Position, "`ipam.config` is a list of pools; write `- subnet: …`");
        var merged = new SequenceNode(pools.Position);
        foreach (var pool in pools.Items)
        {
            var left = ListForms.Keys(pool);
            foreach (var item in others.Items)
            {
                var right = ListForms.Keys(item);
                if (!Same(left.Find("subnet"), right.Find("subnet")) && !merged.Items.Exists(m => SameSubnet(m, right)))
                {
                    merged.Items.Add(right);
                    continue;
                }
                left = Mappings(left, right, place);
                var at = merged.Items.FindIndex(m => SameSubnet(m, left));
                if (at >= 0) merged.Items[at] = left;
                else merged.Items.Add(left);
            }
        }
        return merged;

        static bool SameSubnet(Node a, MappingNode b) => Same(((MappingNode)a).Find("subnet"), b.Find("subnet"));
        static bool Same(Node? a, Node? b) => a is null ? b is null : b is not null && a.SameAs(b);
    }
}
