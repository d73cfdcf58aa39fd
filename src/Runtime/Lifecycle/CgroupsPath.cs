using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Where a container's cgroup is to be, from <c>linux.cgroupsPath</c>.</summary>
internal static class CgroupsPath
{
    /// <summary>
    /// Absolute below every hierarchy. A relative path lies below <c>/</c>; the systemd form <c>slice:prefix:name</c> becomes the path that systemd would give it;
    /// without any, one is made from the id.
    /// </summary>
    public static string Of(string? given, string id, bool systemd = false)
    {
        if (given is null or "")
        {
            return Environment.IsPrivilegedProcess ? "/" + id : Own() + "/" + id;
        }

        var path = systemd || given.Split(':').Length == 3 ? OfSystemd(given) : "/" + ContainerPath.Relative(given);
        return path == "/" || given.Contains("..", StringComparison.Ordinal)
            ? throw new SetupException($"linux.cgroupsPath '{given}' is no path of a cgroup")
            : path;
    }

    /// <summary>The cgroup of version 2 that this process is in: below it an ordinary user may make others, if it was delegated.</summary>
    private static string Own()
    {
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            if (line.StartsWith("0::", StringComparison.Ordinal))
            {
                return line["0::".Length..].TrimEnd('/');
            }
        }

        return "";
    }

    private static string OfSystemd(string given)
    {
        var parts = given.Split(':');
        if (parts.Length != 3)
        {
            throw new SetupException($"linux.cgroupsPath '{given}': expected slice:prefix:name");
        }

        var slice = parts[0].Length == 0 ? "system.slice" : parts[0];
        var path = "";
        var stem = slice.EndsWith(".slice", StringComparison.Ordinal) ? slice[..^".slice".Length] : throw new SetupException($"'{slice}' is no slice");
        if (stem != "-")
        {
            // user-1000.slice lies in user.slice (systemd.slice(5)).
            for (var dash = stem.IndexOf('-'); dash > 0; dash = stem.IndexOf('-', dash + 1))
            {
                path += $"/{stem[..dash]}.slice";
            }

            path += "/" + slice;
        }

        return $"{path}/{(parts[1].Length == 0 ? parts[2] : $"{parts[1]}-{parts[2]}")}.scope";
    }
}
