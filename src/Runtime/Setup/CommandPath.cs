namespace Devoxx.Runtime.Setup;

/// <summary>Where a command may be: the paths that the child tries in the container, in order.</summary>
internal static class CommandPath
{
    public const string Default = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>A name with a slash is a path; any other is looked up in PATH of the container's environment.</summary>
    public static IReadOnlyList<string> Candidates(string command, IReadOnlyList<string>? environment)
    {
        if (command.Contains('/'))
        {
            return [command];
        }

        var path = Default;
        foreach (var entry in environment ?? [])
        {
            if (entry.StartsWith("PATH=", StringComparison.Ordinal))
            {
                path = entry["PATH=".Length..];
            }
        }

        var candidates = new List<string>();
        foreach (var directory in path.Split(':'))
        {
            // An empty or relative part would mean the working directory, which is the image's to fill (as Go's LookPath refuses it).
            if (directory.StartsWith('/'))
            {
                candidates.Add(directory.TrimEnd('/') + "/" + command);
            }
        }

        return candidates;
    }
}
