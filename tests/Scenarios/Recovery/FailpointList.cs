using System.Text.RegularExpressions;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor;

namespace Devoxx.Scenarios.Recovery;

/// <summary>
/// Every failpoint there is, by name: before and after each payload that the journal may hold, and those that stand in the
/// sources. Read from the sources, so that a new event or effect is in it as soon as it is written.
/// </summary>
public static partial class FailpointList
{
    /// <summary>
    /// Those that no command of the matrix comes to, and why. Whatever is neither come to nor in this list fails the test.
    /// </summary>
    public static IReadOnlyDictionary<string, string> NotReached { get; } = new (string[] Points, string Reason)[]
    {
        ([.. Around("container.monitor-killed")], "ten seconds after a SIGKILL that a stopped monitor does not tell of: HostileScenario has one"),
        ([.. Around("volume.discard"), .. Around("journal.volume.not-created.v1")], "only where making a volume has failed, which no crash is"),
        ([.. Around("ForeignState.Delete"), .. Around("runtime.delete"), "foreign.born"], "of containers that another runtime makes (runtime: runc): it is not on every machine"),
        (
            [.. Around("journal.container.hook-requested.v1"), .. Around("journal.container.hook-ended.v1"), .. Around("HookRun.Start"), .. Around("HookRun.Search"), .. Around("hook.start")],
            "of hooks (post_start, pre_stop), which no stack here has yet"),
        ([.. Around("StaleFlows.Forget"), .. Around("Look")], "of published UDP ports, and of other firewalls that are looked for: both only read or forget what the kernel has learnt"),
        ([.. Around("journal.cgroup.not-frozen.v1")], "needs a process that the kernel cannot freeze in time"),
        (
            ["create.claimed", "create.cgroup-made", "create.cgroup-limited", .. Around("create.launch"), .. Around("create.state"), .. Around("start.release"),
                "delete.killed", "delete.cgroup-removed", "delete.state-removed", .. Around("freezer"), .. Around("kill")],
            "the runtime's own verbs, which nobody here calls, for the supervisor has a monitor"),
    }.SelectMany(each => each.Points.Select(point => (point, each.Reason))).ToDictionary(each => each.point, each => each.Reason, StringComparer.Ordinal);

    public static IReadOnlySet<string> Read() =>
        EventCatalog.Types.All.SelectMany(type => Around("journal." + type.Manifest))
            .Concat(Directory.EnumerateFiles(Path.Join(Executables.Clone, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .SelectMany(file => Of(File.ReadAllText(file))))
            .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Of(string source) =>
        ReachCall().Matches(source).Select(match => match.Groups[1].Value)
            .Concat(AroundCall().Matches(source).SelectMany(match => Around(match.Groups[1].Value)))
            .Concat(KernelCall().Matches(source).Concat(KernelMethod().Matches(source)).SelectMany(match => Around(match.Groups[1].Value)));

    private static string[] Around(string name) => [name + ".before", name + ".after"];

    [GeneratedRegex(@"\bFailpoint(?:\.Reach)?\(""([^""]+)""\)")]
    private static partial Regex ReachCall();

    [GeneratedRegex(@"\bFailpoint\.Around\(\s*""([^""]+)""")]
    private static partial Regex AroundCall();

    // What KernelThreads.Run names an effect by: the first call in it.
    [GeneratedRegex(@"\b[Kk]ernel\s*\.Run\(\s*\(\)\s*=>(?:(?![A-Z]\w*\.[A-Z]\w*\()[\s\S])*?([A-Z]\w*\.[A-Z]\w*)\(")]
    private static partial Regex KernelCall();

    [GeneratedRegex(@"\b[Kk]ernel\s*\.Run\((\w+)\)")]
    private static partial Regex KernelMethod();
}
