using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Systemd;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Where a container's cgroup is to be, from <c>linux.cgroupsPath</c>, when no systemd makes it.</summary>
internal static class CgroupsPath
{
    /// <summary>
    /// Absolute below every hierarchy. A relative path lies below <c>/</c>; the systemd form <c>slice:prefix:name</c> becomes the path that systemd would give it;
    /// without any, one is made from the id.
    /// </summary>
    public static string Of(string? given, string id)
    {
        if (given is null or "")
        {
            return Environment.IsPrivilegedProcess ? "/" + id : Own() + "/" + id;
        }

        var path = ScopePlace.IsForm(given) ? ScopePlace.Of(given, id, isUser: false).Path : "/" + ContainerPath.Relative(given);
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
}
