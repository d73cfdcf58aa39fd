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
    /// <summary>Those of the runtime's own verbs, which engines call and the supervisor does not: it has a monitor.</summary>
    public static IReadOnlyList<string> OfVerbs { get; } =
    [
        "create.claimed", "create.cgroup-made", "create.cgroup-limited", .. Around("create.launch"), .. Around("create.state"), .. Around("start.release"),
        "delete.killed", "delete.cgroup-removed", "delete.state-removed", .. Around("freezer"), .. Around("kill"), .. Around("update"),
    ];

    /// <summary>Whether a process that the supervisor has started comes to the point, and can be stopped there: the child before its command cannot.</summary>
    public static bool IsOfRuntime(string point) => point.Split('.')[0] is "monitor" or "log" or "exec";

    /// <summary>Whether the supervisor itself comes to the point; else a process that it has started.</summary>
    public static bool IsOfSupervisor(string point) => !IsOfRuntime(point) && point.Split('.')[0] is not ("child" or "foreign");

    /// <summary>
    /// Whether a call can fail there. Where the supervisor has done something and notes that it has, no call is left that could: what it got of the kernel would only be lost.
    /// A monitor that fails after it has said that the command runs has nobody to tell.
    /// </summary>
    public static bool CanFail(string point) => point is not ("file.unnamed" or "monitor.announce.after") && !(point.EndsWith(".after", StringComparison.Ordinal) && IsOfSupervisor(point));

    /// <summary>
    /// Those that no command of the matrix comes to, and why. Whatever is neither come to nor in this list fails the test.
    /// </summary>
    public static IReadOnlyDictionary<string, string> NotReached { get; } = new (string[] Points, string Reason)[]
    {
        ([.. OfVerbs], "the matrix of verbs comes to them"),
        (["create.scope.before"], "only where systemd makes a container's cgroup: SystemdTests of the runtime come to it"),
        ([.. Around("journal.cgroup.oom-killed.v1")], "only where the kernel's word of a kill is read before the end of the run is, which a busy machine may not do"),
        ([.. Around("container.monitor-killed")], "ten seconds after a SIGKILL that a stopped monitor does not tell of: only when all are asked for"),
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
