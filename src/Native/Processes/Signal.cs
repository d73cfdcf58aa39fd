using System.Globalization;

namespace Devoxx.Native.Processes;

/// <summary>Signal names and numbers of signal(7) on Linux x86-64 and arm64.</summary>
public static class Signal
{
    public const int Hup = 1, Int = 2, Quit = 3, Kill = 9, Usr1 = 10, Usr2 = 12, Pipe = 13, Term = 15, Chld = 17, Cont = 18, Stop = 19, Winch = 28;

    private const int RtMin = 34, RtMax = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The number of <c>TERM</c>, <c>SIGTERM</c>, <c>15</c> or <c>RTMIN+3</c>, in any case; <see cref="FormatException"/> for anything else.</summary>
    public static int Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"'{text}' is no signal; write a name such as SIGTERM or a number from 1 to {RtMax}");

    /// <summary>As <see cref="Parse"/>, but null when there is no such signal.</summary>
    public static int? TryParse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number is >= 1 and <= RtMax ? number : null;
        }

        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        for (var i = 1; i < Names.Length; i++)
        {
            if (name.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return name.ToUpperInvariant() switch
        {
            "IOT" => 6,
            "CLD" => 17,
            "POLL" => 29,
            "UNUSED" => 31,
            "RTMIN" => RtMin,
            "RTMAX" => RtMax,
            ['R', 'T', 'M', 'I', 'N', '+', .. var up] when Offset(up) is { } n => RtMin + n,
            ['R', 'T', 'M', 'A', 'X', '-', .. var down] when Offset(down) is { } n => RtMax - n,
            _ => null,
        };
    }

    /// <summary><c>SIGTERM</c> for 15, <c>SIGRTMIN+3</c> for 37, the number itself for one that signal(7) does not list.</summary>
    public static string Name(int signal) => signal switch
    {
        > 0 and < 32 => "SIG" + Names[signal],
        RtMin => "SIGRTMIN",
        RtMax => "SIGRTMAX",
        > RtMin and < RtMax => $"SIGRTMIN+{signal - RtMin}",
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };

    private static int? Offset(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= RtMax - RtMin ? n : null;
}
