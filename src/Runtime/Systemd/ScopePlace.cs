using System.Text;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Systemd;

/// <summary>The scope unit of a container and the slice that it lies in, from <c>linux.cgroupsPath</c> in the form <c>slice:prefix:name</c>, as runc reads it. Pure.</summary>
/// <param name="Slice">Such as <c>user-1000.slice</c>, which lies in <c>user.slice</c> (systemd.slice(5)).</param>
/// <param name="Unit">Such as <c>libpod-4711.scope</c>.</param>
internal sealed record ScopePlace(string Slice, string Unit)
{
    private const string SliceSuffix = ".slice", ScopeSuffix = ".scope";

    /// <param name="given">Null or empty: a scope that is named for the container.</param>
    /// <param name="isUser">A user's systemd manages it, not the system's: decides the slice when none is said.</param>
    public static ScopePlace Of(string? given, string id, bool isUser)
    {
        var parts = given is null or "" ? ["", "devoxx", id] : given.Split(':', 3);
        if (parts.Length != 3 || parts[2].Length == 0)
        {
            throw new SetupException($"linux.cgroupsPath '{given}': with systemd expected slice:prefix:name");
        }

        var slice = parts[0].Length > 0 ? parts[0] : isUser ? "user.slice" : "system.slice";
        RequireSlice(slice);
        return new ScopePlace(slice, Escape(parts[1].Length == 0 ? parts[2] : $"{parts[1]}-{parts[2]}") + ScopeSuffix);
    }

    /// <summary>Whether a path says it in this form.</summary>
    public static bool IsForm(string path) => path.Split(':').Length == 3;

    /// <summary>Where systemd puts it, below its own cgroup: <c>/user.slice/user-1000.slice/libpod-4711.scope</c>.</summary>
    public string Path
    {
        get
        {
            var path = "";
            var stem = Slice[..^SliceSuffix.Length];
            if (stem != "-")
            {
                for (var dash = stem.IndexOf('-'); dash > 0; dash = stem.IndexOf('-', dash + 1))
                {
                    path += $"/{stem[..dash]}{SliceSuffix}";
                }

                path += "/" + Slice;
            }

            return $"{path}/{Unit}";
        }
    }

    private static void RequireSlice(string slice)
    {
        var stem = slice.EndsWith(SliceSuffix, StringComparison.Ordinal) ? slice[..^SliceSuffix.Length] : "";
        if (stem != "-" && (stem.Contains('/') || stem.Split('-').Contains("")))
        {
            throw new SetupException($"linux.cgroupsPath: '{slice}' is no slice of systemd, such as user-1000.slice");
        }
    }

    /// <summary>What the name of a unit cannot have (systemd.unit(5)) is written as <c>\x2b</c>; a dash stays, as engines mean it.</summary>
    private static string Escape(string name)
    {
        var escaped = new StringBuilder();
        foreach (var letter in Encoding.UTF8.GetBytes(name))
        {
            _ = char.IsAsciiLetterOrDigit((char)letter) || ":-_.".Contains((char)letter) ? escaped.Append((char)letter) : escaped.Append($"\\x{letter:x2}");
        }

        return escaped.ToString();
    }
}
