using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Xunit;

namespace Devoxx.Scenarios.Recovery;

/// <summary>What of networks is compared: interfaces, namespaces, addresses, our tables of the firewall, the resolver.</summary>
public static partial class KernelComparison
{
    private static void Links(List<string> differences, Sandbox sandbox, JournalModel journal, Dictionary<string, ContainerState> running)
    {
        var ours = new LinkNames(StateRoot.At(sandbox.Root)).Prefix;
        differences.AddRange(journal.Networks.Where(n => n.Phase != NetworkPhase.Ready).Select(n => $"network {n.Spec?.Name} is {n.Phase}"));
        foreach (var network in journal.Networks)
        {
            Same(differences, $"leases of network {network.Spec!.Name}", network.Leases.Keys, network.Leases.Keys.Intersect(journal.Containers.Select(c => c.Id)));
            Same(differences, $"connections of network {network.Spec!.Name}",
                network.Leases.Values.Where(lease => lease.Connected).Select(lease => lease.ContainerId),
                running.Where(c => network.Leases.ContainsKey(c.Key)).Select(c => c.Key));
        }

        Same(differences, "interfaces",
            journal.Networks.SelectMany(n => n.Leases.Values.Where(lease => lease.Connected).Select(lease => lease.HostLink).Append(n.Spec!.Link))
                .Where(link => link.StartsWith(ours, StringComparison.Ordinal)),
            Names("/sys/class/net").Where(link => link.StartsWith(ours, StringComparison.Ordinal)));
    }

    /// <summary>Each container is in a namespace of its own, and nobody holds one in which no container is.</summary>
    private static void Namespaces(List<string> differences, Dictionary<string, ContainerState> running, IReadOnlyList<OwnedProcess> processes)
    {
        var own = new FileInfo("/proc/self/ns/net").LinkTarget!;
        var theirs = new HashSet<string> { own };
        foreach (var (_, state) in running)
        {
            var mode = state.Spec!.Networking;
            if (new FileInfo($"/proc/{state.Process!.Pid}/ns/net").LinkTarget is { } inside && !theirs.Add(inside) && mode is { SharedWith: null, Endpoints.IsEmpty: false })
            {
                differences.Add($"{state.Spec.Name}: no network namespace of its own: {inside}");
            }
        }

        differences.AddRange(
            from process in processes
            where process.Role is "supervisor" or "monitor" or "resolver"
            from held in Held(process.Pid)
            where held.StartsWith("net:[", StringComparison.Ordinal) && !theirs.Contains(held)
            select $"{process.Role} {process.Pid} holds a network namespace of no running container: {held}");
    }

    private static List<string> Held(int pid)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(fd => new FileInfo(fd).LinkTarget).OfType<string>()];
        }
        catch (IOException)
        {
            return []; // gone meanwhile
        }
    }

    /// <summary>What is leased is what the kernel has in the container, and no address is leased twice.</summary>
    private static void Addresses(List<string> differences, JournalModel journal, Dictionary<string, ContainerState> running)
    {
        foreach (var network in journal.Networks)
        {
            differences.AddRange(network.Leases.Values.Where(l => l.Ipv4 is not null).GroupBy(l => l.Ipv4).Where(g => g.Count() > 1)
                .Select(g => $"network {network.Spec!.Name}: {g.Key} is leased {g.Count()} times"));
        }

        foreach (var (id, state) in running)
        {
            var leased = journal.Networks.Select(n => n.Leases.GetValueOrDefault(id)).OfType<Lease>().Where(l => l.Connected).Select(l => l.Ipv4).OfType<string>();
            if (state.Spec!.Networking is { SharedWith: null, Endpoints.IsEmpty: false } && Read($"/proc/{state.Process!.Pid}/net/fib_trie") is { } trie)
            {
                Same(differences, $"addresses of {state.Spec.Name}", leased, LocalAddresses(trie));
            }
        }
    }

    /// <summary><c>|-- 172.18.0.2</c> and, beneath, <c>/32 host LOCAL</c>.</summary>
    private static IEnumerable<string> LocalAddresses(string trie)
    {
        var lines = trie.Split('\n');
        return lines.Zip(lines.Skip(1)).Where(pair => pair.Second.Contains("/32 host LOCAL", StringComparison.Ordinal))
            .Select(pair => pair.First.Split(' ')[^1]).Where(address => !IPAddress.IsLoopback(IPAddress.Parse(address))).Distinct();
    }

    /// <summary>
    /// What the journal's networks and leases come to, written into an empty namespace of its own by nft(8), is what nft(8) lists of the sandbox's
    /// tables: the rules in their order, each set with its elements.
    /// </summary>
    private static void Firewall(List<string> differences, Sandbox sandbox, JournalModel journal)
    {
        var elements = journal.Networks.Where(n => n.Phase == NetworkPhase.Ready)
            .SelectMany(n => FirewallRules.OfNetwork(n.Spec!).Concat(n.Leases.Values.Where(l => l.Connected).SelectMany(l => FirewallRules.OfLease(n.Spec!, l))))
            .ToImmutableHashSet();
        var there = Listed("sh", "-c", $"for family in inet bridge; do nft -j list table $family {sandbox.Name} 2>/dev/null; done; true");
        if (elements.IsEmpty)
        {
            Same(differences, "the firewall", [], there);
            return;
        }

        var file = $"{sandbox.Directory}/expected.nft";
        File.WriteAllText(file, FirewallRules.Whole(sandbox.Name, elements));
        Same(differences, "the firewall", Listed("unshare", "--net", "sh", "-c", $"nft -f {file} && for family in inet bridge; do nft -j list table $family {sandbox.Name}; done"), there);
    }

    private static List<string> Listed(string program, params string[] arguments)
    {
        var listed = new List<string>();
        foreach (var line in Witness.Of(program, arguments))
        {
            using var json = JsonDocument.Parse(line);
            foreach (var each in json.RootElement.GetProperty("nftables").EnumerateArray().Select(item => item.EnumerateObject().Single()))
            {
                var what = each.Value;
                string Name(string property) => what.TryGetProperty(property, out var value) ? value.ToString() : "";
                switch (each.Name)
                {
                    case "metainfo":
                        break;
                    case "set" or "map":
                        listed.Add($"{each.Name} {Name("family")} {Name("name")}");
                        listed.AddRange(what.TryGetProperty("elem", out var elements)
                            ? elements.EnumerateArray().Select(element => $"{Name("family")} {Name("name")}: {element.GetRawText()}")
                            : []);
                        break;
                    case "rule":
                        // In their order: the same rule elsewhere is another.
                        listed.Add($"rule {listed.Count(l => l.StartsWith($"rule {Name("family")} {Name("chain")} ", StringComparison.Ordinal))} of {Name("family")} {Name("chain")}: {Name("expr")}");
                        break;
                    default:
                        listed.Add($"{each.Name} {Name("family")} {Name("name")} {Name("hook")} {Name("prio")} {Name("policy")}");
                        break;
                }
            }
        }

        return listed;
    }

    /// <summary>One resolver as long as any container asks for names, which the journal knows; none else.</summary>
    private static void Resolver(List<string> differences, JournalModel journal, Dictionary<string, ContainerState> running, IReadOnlyList<OwnedProcess> processes)
    {
        var resolvers = processes.Where(p => p.Role == "resolver").Select(p => p.Pid).ToList();
        var asked = running.Values.Any(c => c.Spec!.Networking is { SharedWith: null, Endpoints.IsEmpty: false });
        if (resolvers.Count != (asked ? 1 : 0))
        {
            differences.Add($"{resolvers.Count} resolvers with {(asked ? "some" : "no")} containers that ask");
        }

        Same(differences, "resolvers", journal.Resolver is { } process ? [$"{process.Pid}"] : [], resolvers.Select(pid => $"{pid}"));
    }
}
