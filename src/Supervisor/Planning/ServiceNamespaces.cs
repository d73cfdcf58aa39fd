using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>From <c>ipc</c>, <c>pid</c>, <c>uts</c>, <c>cgroup</c>, <c>userns_mode</c> and <c>cgroup_parent</c> to what a container shares. Pure.</summary>
internal static class ServiceNamespaces
{
    /// <exception cref="FormatException">Something cannot be shared, or with nobody; the message says what.</exception>
    public static NamespaceModes? Of(Project project, Service service)
    {
        var modes = new NamespaceModes(
            Mode(project, "ipc", service.Ipc is "private" ? null : service.Ipc, "host", "none", "shareable"),
            Mode(project, "pid", service.Pid is "private" ? null : service.Pid, "host"),
            Mode(project, "uts", service.Uts is "private" ? null : service.Uts, "host"),
            Mode(project, "cgroup", service.Cgroup is "private" ? null : service.Cgroup, "host"));
        if (modes.Uts == "host" && !string.IsNullOrEmpty(service.Hostname))
        {
            throw new FormatException("hostname would change this machine's name with uts: host; leave one of them out");
        }

        if (service.UsernsMode is not (null or "" or "host"))
        {
            throw new FormatException($"userns_mode: {service.UsernsMode} is not known; it is host, or left out");
        }

        if (service.Ipc?.StartsWith("service:", StringComparison.Ordinal) == true && project.Services.TryGetValue(service.Ipc["service:".Length..], out var donor)
            && !MayShareIpc(donor.Ipc))
        {
            throw new FormatException($"ipc: {service.Ipc} does not let others in; say `ipc: shareable` there");
        }

        return modes == new NamespaceModes() ? null : modes;
    }

    /// <summary>A path from the root of each cgroup hierarchy; null: below this program's own.</summary>
    /// <exception cref="FormatException">It is no such path.</exception>
    public static string? CgroupParent(Service service)
    {
        if (string.IsNullOrEmpty(service.CgroupParent))
        {
            return null;
        }

        var parts = service.CgroupParent.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 && !parts.Any(p => p is "." or ".." || p.Contains('\0'))
            ? "/" + string.Join('/', parts)
            : throw new FormatException($"cgroup_parent: {service.CgroupParent} is no path of a cgroup; say e.g. /batch");
    }

    /// <summary>As the file has it: private is what docker makes of nothing said.</summary>
    private static bool MayShareIpc(string? mode) =>
        mode is "shareable" or "host" || mode?.StartsWith("service:", StringComparison.Ordinal) == true || mode?.StartsWith("container:", StringComparison.Ordinal) == true;

    private static string? Mode(Project project, string key, string? mode, params ReadOnlySpan<string> known)
    {
        if (string.IsNullOrEmpty(mode) || known.Contains(mode))
        {
            return string.IsNullOrEmpty(mode) ? null : mode;
        }

        if (key is "ipc" or "pid" && mode.Split(':', 2) is [var kind, { Length: > 0 } name])
        {
            switch (kind)
            {
                case "container":
                    return mode;
                case "service" when project.Services.TryGetValue(name, out var donor):
                    return "container:" + ContainerSpecs.NameOf(project, name, donor, 1);
                case "service":
                    throw new FormatException($"{key}: {mode}: there is no service {name}");
            }
        }

        throw new FormatException($"{key}: {mode} is not known; it is {string.Join(", ", known!)}, private{(key is "ipc" or "pid" ? ", service:NAME or container:NAME" : "")}");
    }
}
