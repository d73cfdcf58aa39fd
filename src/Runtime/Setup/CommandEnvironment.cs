namespace Devoxx.Runtime.Setup;

/// <summary>The environment that a command gets, from what config.json or an engine says.</summary>
internal static class CommandEnvironment
{
    private const string Home = "HOME";

    /// <summary>
    /// Each name once, with the last value given: a program's getenv(3) would find the first. HOME, where it is missing or empty, is the user's, as runc and crun
    /// have it: shells and language runtimes take it for granted.
    /// </summary>
    /// <param name="home">Finds the user's home directory in the container; asked only when it is needed. Null leaves HOME out.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string>? entries, Func<string?> home)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var all = new List<string>();
        foreach (var entry in entries ?? [])
        {
            var equals = entry.IndexOf('=');
            var name = equals < 0 ? entry : entry[..equals];
            if (places.TryGetValue(name, out var place))
            {
                all[place] = entry;
                continue;
            }

            places[name] = all.Count;
            all.Add(entry);
        }

        var given = places.TryGetValue(Home, out var at);
        if (given && all[at].Length > Home.Length + 1)
        {
            return all;
        }

        if (given)
        {
            all.RemoveAt(at);
        }

        if (home() is { } found)
        {
            all.Add($"{Home}={found}");
        }

        return all;
    }
}
