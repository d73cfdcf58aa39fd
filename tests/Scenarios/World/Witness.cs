using System.Diagnostics;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>Programs that know nothing of this one, and say what the kernel has: ip(8), nft(8).</summary>
public static class Witness
{
    /// <summary>The lines it prints; fails when it does.</summary>
    public static IReadOnlyList<string> Of(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];
    }
}
