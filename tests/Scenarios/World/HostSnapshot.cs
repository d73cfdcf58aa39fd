using System.Collections.Immutable;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Mounts;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>
/// All that one state root has on the machine, line by line: mounts, cgroups, network links, routes, tables of the firewall, processes, directories. Taken before
/// and after, it shows what was left behind.
/// </summary>
public sealed record HostSnapshot(ImmutableSortedSet<string> Lines)
{
    public static HostSnapshot Take(Sandbox sandbox) =>
        new([.. Mounts(sandbox), .. Cgroups(sandbox), .. Links(sandbox), .. Routes(sandbox), .. Tables(sandbox), .. Processes(sandbox), .. Directories(sandbox)]);

    /// <summary>Fails with the differences, one a line.</summary>
    public void AssertSameAs(HostSnapshot before)
    {
        var differences = Lines.Except(before.Lines).Select(line => "left behind: " + line).Concat(before.Lines.Except(Lines).Select(line => "gone: " + line)).ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    public override string ToString() => string.Join('\n', Lines);

    private static IEnumerable<string> Mounts(Sandbox sandbox) =>
        from mount in MountTable.Read()
        where new[] { mount.MountPoint, mount.Root, mount.Source, mount.SuperOptions }.Any(text => sandbox.Owns(text))
        select $"mount {mount.FsType} {mount.Source} on {mount.MountPoint}";

    private static IEnumerable<string> Cgroups(Sandbox sandbox)
    {
        var host = CgroupHost.Detect();
        return from mountPoint in host.V1.Values.Append(host.Unified).OfType<string>().Union(host.Unused)
               let parent = mountPoint + sandbox.CgroupParent
               where Directory.Exists(parent)
               from directory in Directory.EnumerateDirectories(parent, "*", SearchOption.AllDirectories)
               select $"cgroup {directory}";
    }

    private static IEnumerable<string> Links(Sandbox sandbox) => sandbox.Links().Select(link => $"link {link}");

    // Without what the kernel finds out about a carrier in its own time: a bridge that nothing is at any more is marked when linkwatch comes to it.
    private static IEnumerable<string> Routes(Sandbox sandbox) => Witness.Of("ip", "route", "show", "table", "all")
        .Concat(Witness.Of("ip", "-6", "route", "show", "table", "all"))
        .Where(route => route.Contains($" dev {sandbox.LinkPrefix}", StringComparison.Ordinal)).Select(route => $"route {route.Replace(" linkdown", "", StringComparison.Ordinal)}");

    private static IEnumerable<string> Tables(Sandbox sandbox) =>
        Witness.Of("nft", "list", "tables").Where(table => table.EndsWith(" " + sandbox.Name, StringComparison.Ordinal)).Select(table => $"nft {table}");

    private static IEnumerable<string> Processes(Sandbox sandbox) => sandbox.Processes().Select(process => $"process {process}");

    private static IEnumerable<string> Directories(Sandbox sandbox) =>
        from parent in new[] { sandbox.Root + "/containers", sandbox.Root + "/volumes", sandbox.RunDirectory + "/containers" }
        where Directory.Exists(parent)
        from entry in Directory.EnumerateFileSystemEntries(parent)
        select $"directory {entry}";
}
