using System.Text.Json;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>What a command printed and how it ended.</summary>
public sealed record Outcome(string Command, int ExitCode, string Out, string Error, TimeSpan Took)
{
    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return this;
    }

    public Outcome FailedWith(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"expected exit code {exitCode}: {this}");
        return this;
    }

    /// <summary>The lines of standard output.</summary>
    public IReadOnlyList<string> Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Standard output as JSON: an array, or one object a line.</summary>
    public IReadOnlyList<JsonElement> Json =>
        Out.TrimStart().StartsWith('[') ? [.. JsonElement.Parse(Out).EnumerateArray()] : [.. Lines.Select(line => JsonElement.Parse(line))];

    public override string ToString() => $"{Command}\nended with {ExitCode} after {Took.TotalMilliseconds:0} ms\n--- stdout\n{Out}--- stderr\n{Error}---";
}
