using System.Collections.Immutable;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Logs;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a run leaves behind that may tell why it ended.</summary>
/// <param name="Probes">The last of its health, oldest first.</param>
/// <param name="LastLines">The end of what it wrote, oldest first.</param>
public sealed record RunEvidence(ImmutableArray<ProbeResult> Probes, ImmutableArray<string> LastLines)
{
    /// <summary>It goes into the journal at each exit: enough to understand, and no more.</summary>
    private const int MostLines = 10, LongestLine = 200, MostOutput = 500;

    /// <summary>Cut to what the journal takes.</summary>
    public static RunEvidence Of(ImmutableArray<ProbeResult> probes, ImmutableArray<string> lines) => new(
        [.. probes.Select(p => p with { Output = Cut(p.Output, MostOutput) })],
        [.. lines.TakeLast(MostLines).Select(line => Cut(line, LongestLine))]);

    /// <summary>What is at the end of a log since the run began; nothing when it cannot be read.</summary>
    /// <param name="path">The newest file.</param>
    public static ImmutableArray<string> ReadLastLines(string path, DateTimeOffset since)
    {
        try
        {
            return LogReader.LastLines(path, MostLines, since);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Cut(string text, int most) => text.Length > most ? text[..(most - 1)] + "…" : text;
}
