using System.Globalization;
using System.Text;

namespace Devoxx.Supervisor.Health;

/// <summary>
/// One datagram of sd_notify(3), as far as it means something here. MAINPID= is passed over: the main process of a container
/// is its first, and another has no meaning to its pid namespace. Descriptors (FDSTORE=), ERRNO=, BUSERROR=, EXIT_STATUS= and
/// NOTIFYACCESS= too: nothing here keeps or reads them.
/// </summary>
public sealed record NotifyMessage
{
    public bool Ready { get; init; }

    public bool Reloading { get; init; }

    public bool Stopping { get; init; }

    /// <summary>WATCHDOG=1.</summary>
    public bool Alive { get; init; }

    /// <summary>WATCHDOG=trigger: it has found out itself that it does not work.</summary>
    public bool Hung { get; init; }

    /// <summary>WATCHDOG_USEC=; zero: no watchdog any more.</summary>
    public TimeSpan? Watchdog { get; init; }

    /// <summary>EXTEND_TIMEOUT_USEC=: while it stops, the grace period begins again and is so long.</summary>
    public TimeSpan? Extension { get; init; }

    /// <summary>STATUS=, at most 500 characters of it.</summary>
    public string? Status { get; init; }

    /// <summary>Lines of <c>NAME=value</c>; what is not known is passed over, as the manual has it.</summary>
    public static NotifyMessage Parse(ReadOnlySpan<byte> datagram)
    {
        var message = new NotifyMessage();
        foreach (var line in Encoding.UTF8.GetString(datagram).Split('\n'))
        {
            var equals = line.IndexOf('=');
            message = (equals < 0 ? "" : line[..equals], line[(equals + 1)..].TrimEnd('\0', '\r')) switch
            {
                ("READY", "1") => message with { Ready = true },
                ("RELOADING", "1") => message with { Reloading = true },
                ("STOPPING", "1") => message with { Stopping = true },
                ("WATCHDOG", "1") => message with { Alive = true },
                ("WATCHDOG", "trigger") => message with { Hung = true },
                ("WATCHDOG_USEC", var text) when Microseconds(text) is { } time => message with { Watchdog = time },
                ("EXTEND_TIMEOUT_USEC", var text) when Microseconds(text) is { } time => message with { Extension = time },
                ("STATUS", var text) => message with { Status = text.Length > 500 ? text[..500] : text },
                _ => message,
            };
        }

        return message;
    }

    private static TimeSpan? Microseconds(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < (ulong)TimeSpan.FromDays(3650).TotalMicroseconds
            ? TimeSpan.FromMicroseconds(number)
            : null;
}
