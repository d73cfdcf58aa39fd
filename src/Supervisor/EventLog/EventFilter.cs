using System.Collections.Immutable;

namespace Devoxx.Supervisor.EventLog;

/// <summary>
/// <c>--filter KEY=VALUE</c>. Filters of one key are alternatives, different keys must all hold, as docker has it.
/// </summary>
/// <param name="Key">One of <see cref="Keys"/>.</param>
/// <param name="Value">
/// For <c>type</c> the first words of the kind (<c>container</c>, <c>container.exited</c>), for <c>event</c> its last
/// (<c>exited</c>); both may have <c>*</c> and <c>?</c>. For all others, the exact name.
/// </param>
public sealed record EventFilter(string Key, string Value)
{
    /// <summary>What can be filtered by.</summary>
    public static ImmutableArray<string> Keys { get; } =
        ["project", "service", "container", "volume", "network", "image", "type", "event"];

    /// <summary>Reads one <c>KEY=VALUE</c>.</summary>
    /// <exception cref="FormatException">There is no '=', or no such key; the message lists the keys.</exception>
    public static EventFilter Parse(string text)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0)
        {
            throw new FormatException($"filter '{text}': expected KEY=VALUE, with one of the keys {string.Join(", ", Keys)}");
        }

        var key = text[..equals].Trim().ToLowerInvariant();
        return Keys.Contains(key)
            ? new EventFilter(key, text[(equals + 1)..].Trim())
            : throw new FormatException($"filter '{text}': there is no key '{key}'; there are {string.Join(", ", Keys)}");
    }
}
