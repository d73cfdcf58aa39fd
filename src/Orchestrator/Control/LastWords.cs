using System.Globalization;
using System.Text;

namespace Devoxx.Orchestrator.Control;

/// <summary>Why a supervisor has left, as it says itself in its log: one that was killed says nothing.</summary>
internal static class LastWords
{
    private const string Leaves = " supervisor leaves: ";

    // Enough for the words, which come last but for what its actors say of the same.
    private const int Tail = 16 * 1024;

    /// <param name="since">What was said before that, another supervisor has said.</param>
    /// <returns>To go on with after "it went away": <c>: the journal cannot be used: …</c>; empty when there is nothing.</returns>
    public static string Of(string log, DateTimeOffset since)
    {
        try
        {
            using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(Math.Max(0, file.Length - Tail), SeekOrigin.Begin);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return Of(reader.ReadToEnd().Split('\n'), since);
        }
        catch (IOException)
        {
            return ""; // no log to be read: the message says where it would be
        }
    }

    internal static string Of(IEnumerable<string> lines, DateTimeOffset since)
    {
        var last = lines.LastOrDefault(line => line.Contains(Leaves, StringComparison.Ordinal));
        return last is not null
            && DateTimeOffset.TryParse(last[..last.IndexOf(' ')], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
            && at >= since
            ? ": " + last[(last.IndexOf(Leaves, StringComparison.Ordinal) + Leaves.Length)..]
            : "";
    }
}
