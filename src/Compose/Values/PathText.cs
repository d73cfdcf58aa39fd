using System.Text;

namespace Devoxx.Compose.Values;

/// <summary>Paths as text, without a look at any file system. Follows Go's path package, whose results the canonical form shows.</summary>
internal static class PathText
{
    internal static bool IsAbsolute(string path) => path.StartsWith('/');

    /// <summary>The shortest equal path: no `.`, no doubled or trailing slashes, no `..` that can be resolved; `.` if nothing is left.</summary>
    internal static string Clean(string path)
    {
        if (path.Length == 0) return ".";
        var rooted = path[0] == '/';
        var kept = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part.Length == 0 || part == ".") continue;
            if (part != "..") kept.Add(part);
            else if (kept.Count > 0 && kept[^1] != "..") kept.RemoveAt(kept.Count - 1);
            else if (!rooted) kept.Add(part);
        }
        var joined = string.Join('/', kept);
        return rooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }

    /// <summary>The path below a directory; empty parts count for nothing.</summary>
    internal static string Join(string directory, string path)
    {
        if (directory.Length == 0) return path.Length == 0 ? "" : Clean(path);
        return Clean(path.Length == 0 ? directory : directory + "/" + path);
    }

    internal static string Directory(string path)
    {
        var slash = path.LastIndexOf('/');
        return Clean(path[..(slash + 1)]);
    }

    internal static string Base(string path)
    {
        path = path.TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }

    /// <summary>The path of an absolute target as seen from an absolute directory.</summary>
    internal static string Relative(string directory, string target)
    {
        var from = Clean(directory).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var to = Clean(target).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var common = 0;
        while (common < from.Length && common < to.Length && from[common] == to[common]) common++;
        var path = new StringBuilder();
        for (var i = common; i < from.Length; i++) path.Append(path.Length > 0 ? "/" : "").Append("..");
        for (var i = common; i < to.Length; i++) path.Append(path.Length > 0 ? "/" : "").Append(to[i]);
        return path.Length == 0 ? "." : path.ToString();
    }

    /// <summary>Whether Windows would call the path absolute: `C:\data`, `\\host\share\x`, `\\.\pipe\x`.</summary>
    internal static bool IsWindowsAbsolute(string path)
    {
        var volume = WindowsVolumeLength(path);
        if (volume == 0) return false;
        if (IsSeparator(path[0]) && path.Length > 1 && IsSeparator(path[1])) return true;
        return path.Length > volume && IsSeparator(path[volume]);
    }

    private static int WindowsVolumeLength(string path)
    {
        if (path.Length >= 2 && path[1] == ':') return 2;
        if (path.Length == 0 || !IsSeparator(path[0])) return 0;
        if (StartsWithDevice(path, '.') || StartsWithDevice(path, '?') || path.Length >= 3 && path[1] == '?' && path[2] == '?')
        {
            if (path.Length <= 4) return path.Length;
            var next = path.AsSpan(4).IndexOfAny('/', '\\');
            return next < 0 ? path.Length : 4 + next;
        }
        if (path.Length < 2 || !IsSeparator(path[1])) return 0;
        var separators = 0;
        for (var i = 2; i < path.Length; i++)
            if (IsSeparator(path[i]) && ++separators == 2) return i;
        return path.Length;
    }

    private static bool StartsWithDevice(string path, char mark) =>
        path.Length >= 3 && IsSeparator(path[1]) && path[2] == mark && (path.Length == 3 || IsSeparator(path[3]));

    private static bool IsSeparator(char c) => c is '/' or '\\';
}
