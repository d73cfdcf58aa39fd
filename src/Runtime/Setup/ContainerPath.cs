namespace Devoxx.Runtime.Setup;

/// <summary>Paths as config.json writes them, inside the container.</summary>
internal static class ContainerPath
{
    /// <summary>
    /// Cleaned as text and relative to the root: <c>/a//b/../c/</c> is <c>a/c</c>, and <c>..</c> at the top goes nowhere. Symbolic links are the
    /// kernel's to resolve, inside the root.
    /// </summary>
    public static string Relative(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }

                continue;
            }

            parts.Add(part);
        }

        return string.Join('/', parts);
    }

    /// <summary>Whether the path is the directory or below it, both as text.</summary>
    public static bool IsAtOrBelow(string path, string directory)
    {
        var (p, d) = (Relative(path), Relative(directory));
        return p == d || p.StartsWith(d + "/", StringComparison.Ordinal);
    }
}
