using Devoxx.Native.Terminals;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>What the output goes to.</summary>
/// <param name="Unicode">The locale's character set is UTF-8.</param>
/// <param name="WantsColour">Neither <c>NO_COLOR</c> nor <c>TERM=dumb</c> is set.</param>
/// <param name="Size">Columns and rows now.</param>
internal sealed record TerminalTraits(bool OutIsTerminal, bool ErrorIsTerminal, bool Unicode, bool WantsColour, Func<(int Width, int Height)> Size)
{
    /// <summary>The standard streams of this process.</summary>
    public static TerminalTraits Detect() => new(
        !Console.IsOutputRedirected,
        !Console.IsErrorRedirected,
        LocaleIsUtf8(Environment.GetEnvironmentVariable),
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb",
        SizeOfStandardError);

    /// <summary>80 by 24 where it has no size, such as on a serial line.</summary>
    private static (int Width, int Height) SizeOfStandardError() =>
        WindowSize.Of(2) is { Columns: > 0, Rows: > 0 } size ? (size.Columns, size.Rows) : (80, 24);

    /// <summary>By the first of <c>LC_ALL</c>, <c>LC_CTYPE</c> and <c>LANG</c> that is set, as setlocale(3) has it.</summary>
    internal static bool LocaleIsUtf8(Func<string, string?> variable)
    {
        foreach (var name in (ReadOnlySpan<string>)["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (variable(name) is { Length: > 0 } locale)
            {
                return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }
}
