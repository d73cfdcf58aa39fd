using System.Text;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>A container in the words of <c>docker compose ps</c>.</summary>
internal static class ContainerText
{
    /// <summary>The name without the project's, as it stands before log lines: <c>web-1</c>; a <c>container_name</c> as it is.</summary>
    public static string ShortName(ContainerView container)
    {
        var replica = $"{container.Service}-{container.Number}";
        return container.Name == $"{container.Project}-{replica}" ? replica : container.Name;
    }

    /// <summary>e.g. <c>Up 3 seconds (healthy)</c>, <c>Exited (0) 4 seconds ago</c>.</summary>
    public static string Status(ContainerView container, DateTimeOffset now) => container.State switch
    {
        "running" => $"Up {HumanDuration.Of(Up(container, now))}{Health(container.Health)}",
        "paused" => $"Up {HumanDuration.Of(Up(container, now))} (Paused)",
        "restarting" => $"Restarting ({container.ExitCode ?? 0}) {Since(container.FinishedAt, now)} ago",
        "exited" => $"Exited ({container.ExitCode ?? 0}) {Since(container.FinishedAt, now)} ago",
        "removing" => "Removal In Progress",
        "created" => "Created",
        "dead" => "Dead",
        var other => other,
    };

    /// <summary>The status, and behind it the reason when it says more: <c>Exited (137) 4 seconds ago (out of memory: …)</c>.</summary>
    /// <param name="truncate">The reason in at most 60 characters.</param>
    public static string StatusAndReason(ContainerView container, DateTimeOffset now, bool truncate)
    {
        var status = Status(container, now);
        var reason = WithoutTheObvious(container);
        return reason.Length == 0 ? status : $"{status} ({(truncate && reason.Length > 60 ? reason[..59] + "…" : reason)})";
    }

    /// <summary>What the exit code says already need not be said again.</summary>
    private static string WithoutTheObvious(ContainerView container)
    {
        foreach (var obvious in (ReadOnlySpan<string>)["finished", $"failed with exit code {container.ExitCode}"])
        {
            if (container.Status == obvious)
            {
                return "";
            }

            if (container.Status.StartsWith(obvious + "; ", StringComparison.Ordinal))
            {
                return container.Status[(obvious.Length + 2)..];
            }
        }

        return container.Status;
    }

    /// <summary>The command in quotes, of at most 20 characters if <paramref name="truncate"/>.</summary>
    public static string Command(ContainerView container, bool truncate)
    {
        var command = string.Join(' ', container.Command);
        var runes = command.EnumerateRunes().ToArray();
        if (truncate && runes.Length > 20)
        {
            command = string.Concat(runes.Take(19)) + "…";
        }

        return Quote(command);
    }

    public static string CreatedAgo(ContainerView container, DateTimeOffset now) => HumanDuration.Of(now - container.CreatedAt) + " ago";

    /// <summary>The first 12 digits.</summary>
    public static string ShortId(string id) => id.Length > 12 ? id[..12] : id;

    /// <summary>How long it has run.</summary>
    public static TimeSpan Up(ContainerView container, DateTimeOffset now) => container.UpFor ?? Passed(container.StartedAt, now);

    private static string Since(DateTimeOffset? time, DateTimeOffset now) => HumanDuration.Of(Passed(time, now));

    private static TimeSpan Passed(DateTimeOffset? time, DateTimeOffset now) => time is { } then && then < now ? now - then : TimeSpan.Zero;

    private static string Health(string? health) => health switch
    {
        null or "" or "none" => "",
        "starting" => " (health: starting)",
        _ => $" ({health})",
    };

    /// <summary>As Go's strconv.Quote.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append($"\\x{(int)letter:x2}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }
}
