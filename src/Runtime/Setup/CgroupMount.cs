using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;
using static Devoxx.Runtime.Setup.MountOptions;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// The cgroup filesystems a container sees: on v2 one mount, on v1 a tmpfs with one per hierarchy, as the host has them. In a cgroup namespace
/// of its own their roots are the container's cgroup. Read-only unless config.json says otherwise (CVE-2022-0492).
/// </summary>
internal sealed class CgroupMount(RootOperations root, string destination, MountOptions options, bool ownNamespace, string cgroupPath)
{
    /// <summary>The part of <c>/proc/self/cgroup</c> behind the number of each line (cgroups(7)): <c>cpu,cpuacct</c>, <c>name=systemd</c>, or nothing for v2.</summary>
    internal static List<string> Hierarchies(string procSelfCgroup)
    {
        var hierarchies = new List<string>();
        foreach (var line in procSelfCgroup.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 3);
            if (parts.Length == 3)
            {
                hierarchies.Add(parts[1]);
            }
        }

        return hierarchies;
    }

    public void Build()
    {
        var hierarchies = Hierarchies(File.ReadAllText("/proc/self/cgroup"));
        if (hierarchies is [""])
        {
            if (!ownNamespace)
            {
                Bind($"/sys/fs/cgroup{cgroupPath}", destination);
                return;
            }

            Mount(destination, "cgroup2", "");
            return;
        }

        var target = root.Open(destination, CreateMissing.Directory);
        root.MountAt(target, "tmpfs", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755", destination);
        root.Close(target);
        foreach (var hierarchy in hierarchies)
        {
            var name = hierarchy switch
            {
                "" => "unified",
                _ when hierarchy.StartsWith("name=", StringComparison.Ordinal) => hierarchy["name=".Length..],
                _ => hierarchy,
            };

            // Where the container has no cgroup of its own it would see the host's.
            if (!Directory.Exists($"/sys/fs/cgroup/{name}{cgroupPath}") || cgroupPath == "/")
            {
                continue;
            }

            var path = $"{destination}/{name}";
            if (!ownNamespace)
            {
                Bind($"/sys/fs/cgroup/{name}{cgroupPath}", path);
            }
            else if (hierarchy.Length == 0)
            {
                Mount(path, "cgroup2", "");
            }
            else
            {
                Mount(path, "cgroup", hierarchy);
            }

            LinkParts(name);
        }

        if (options.IsReadOnly)
        {
            root.MakeReadOnly(destination);
        }
    }

    /// <summary><c>cpu</c> and <c>cpuacct</c> beside <c>cpu,cpuacct</c>, as every distribution has them.</summary>
    private void LinkParts(string name)
    {
        if (!name.Contains(','))
        {
            return;
        }

        var directory = root.Open(destination);
        foreach (var part in name.Split(','))
        {
            root.Operations.Syscall(
                Nr.symlinkat, "symlink", $"{destination}/{part}", null, root.Operations.Text(name), directory, root.Operations.Text(part)).Tolerate(EEXIST);
        }

        root.Close(directory);
    }

    private void Mount(string path, string type, string data)
    {
        var target = root.Open(path, CreateMissing.Directory);
        root.MountAt(target, "cgroup", type, options.Flags, data, path);
        root.Close(target);
    }

    private void Bind(string source, string path)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        var bind = new BindMount(root, source, path, MountOptions.Parse(options.IsReadOnly ? ["bind", "ro", "nosuid", "nodev", "noexec"] : ["bind", "nosuid", "nodev", "noexec"]));
        bind.OpenSource();
        bind.Attach();
    }
}
