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
