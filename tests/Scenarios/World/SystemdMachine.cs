using System.Diagnostics;
using Devoxx.Native.Mounts;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>
/// A machine that systemd has booted: Debian's own systemd as process 1 of pid, mount, cgroup, uts and ipc namespaces, with an empty <c>/run</c> and with no units but the
/// few that a stop of the machine needs and those in <c>/etc/systemd/system</c>, which outlive it as a disk would. A sandbox's commands run there.
/// </summary>
public sealed class SystemdMachine : IAsyncDisposable
{
    private readonly Sandbox sandbox;
    private readonly RunningCommand machine;
    private readonly string cgroup;
    private readonly string? ownHierarchy;

    private SystemdMachine(Sandbox sandbox)
    {
        this.sandbox = sandbox;
        cgroup = sandbox.Name + "-machine";
        Directory.CreateDirectory(sandbox.Directory + "/machine/units");
        var hierarchies = Hierarchies();
        if (!hierarchies.ContainsKey("cgroup2") || hierarchies.Count > 1)
        {
            // With version 1, systemd wants a hierarchy of its own.
            ownHierarchy = hierarchies.ContainsKey("name=systemd") ? null : Directory.CreateDirectory(sandbox.Directory + "/machine/hierarchy").FullName;
            if (ownHierarchy is not null)
            {
                Witness.Of("mount", "-t", "cgroup", "-o", "none,name=systemd", "cgroup", ownHierarchy);
                hierarchies["name=systemd"] = ownHierarchy;
            }
        }

        var join = string.Join('\n', hierarchies.Values.Select(mounted =>
            $"mkdir {mounted}/{cgroup}; for f in cpus mems; do [ ! -e {mounted}/cpuset.$f ] || cat {mounted}/cpuset.$f >{mounted}/{cgroup}/cpuset.$f; done; echo $$ >{mounted}/{cgroup}/cgroup.procs"));
        var mount = hierarchies.Count == 1
            ? "mount -t cgroup2 cgroup2 /sys/fs/cgroup"
            : "mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup\n" + string.Join('\n', hierarchies.Keys.Select(name => name switch
            {
                "cgroup2" => "mkdir /sys/fs/cgroup/unified; mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified",
                "name=systemd" => "mkdir /sys/fs/cgroup/systemd; mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd",
                _ => $"mkdir /sys/fs/cgroup/{name}; mount -t cgroup -o {name} cgroup /sys/fs/cgroup/{name}",
            }));
        sandbox.Write(
            $"""
            mount --make-rprivate /
            {mount}
            mount -t tmpfs -o mode=755 tmpfs /run
            mount --bind {sandbox.Directory}/machine/units /etc/systemd/system
            mkdir /run/units
            for unit in shutdown.target umount.target final.target poweroff.target systemd-poweroff.service; do cp /lib/systemd/system/$unit /run/units/; done
            for target in multi-user network-online network local-fs basic sysinit; do printf '[Unit]\nDefaultDependencies=no\n' >/run/units/$target.target; done
            # It says to systemd that it is not to put the disks of the host away.
            export container=devoxx SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/units
            exec /lib/systemd/systemd --system --unit=multi-user.target --log-target=console --show-status=no
            """, "machine/boot");
        sandbox.Write(
            $"""
            {join}
            exec unshare --fork --pid --kill-child --mount --mount-proc --cgroup --uts --ipc sh -e {sandbox.Directory}/machine/boot
            """, "machine/power");
        machine = new RunningCommand(new ProcessStartInfo("sh", ["-e", sandbox.Directory + "/machine/power"]) { Environment = { ["DEVOXX_ROOT"] = null } });
    }

    /// <summary>Its process 1, as the host counts.</summary>
    private int Init { get; set; }

    /// <summary>Switches it on; returns when systemd has started what it starts at boot.</summary>
    public static async Task<SystemdMachine> Boot(Sandbox sandbox)
    {
        var machine = new SystemdMachine(sandbox);
        try
        {
            await Machine.Until(() => machine.FindInit() && machine.Runs("systemctl", "is-system-running", "--wait"), "systemd boots");
        }
        catch (Exception e)
        {
            await machine.DisposeAsync();
            throw new InvalidOperationException($"{e.Message}\n{string.Join('\n', machine.machine.LinesSoFar)}", e);
        }

        sandbox.Prelude = $"exec nsenter {string.Join(' ', machine.Inside)} --wd={sandbox.Directory} \"$0\" \"$@\"";
        return machine;
    }

    /// <summary>The lines that a program prints there; fails when it does.</summary>
    public IReadOnlyList<string> Run(string program, params string[] arguments) => World.Witness.Of("nsenter", [.. Inside, program, .. arguments]);

    /// <summary>
    /// As a person does; returns when it is off. No command may be under way: before systemd kills what is left, it stops it (SIGSTOP), nsenter stops with its
    /// child, and a child that nobody reaps keeps the machine from going off.
    /// </summary>
    public async Task PowerOff()
    {
        Runs("systemctl", "poweroff", "--no-wall");
        await machine.Ended(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        sandbox.Prelude = null;
        machine.Dispose();
        foreach (var mounted in Hierarchies().Values)
        {
            await Machine.Until(() => Removed($"{mounted}/{cgroup}"), $"the machine's cgroup {mounted}/{cgroup} is empty");
        }

        if (ownHierarchy is not null)
        {
            Mount.Unmount(ownHierarchy, UnmountFlags.None);
        }
    }

    private string[] Inside => ["--target", Init.ToString(), "--mount", "--pid", "--cgroup", "--uts", "--ipc"];

    private static Dictionary<string, string> Hierarchies() => MountTable.Read()
        .Where(mount => mount.Root == "/" && mount.FsType is "cgroup" or "cgroup2")
        .GroupBy(mount => mount.FsType == "cgroup2" ? "cgroup2" : mount.SuperOptions.Split(',').Except(["rw", "ro", "xattr"]).First(option => !option.StartsWith("release_agent", StringComparison.Ordinal)))
        .ToDictionary(mounts => mounts.Key, mounts => mounts.First().MountPoint);

    private bool FindInit()
    {
        try
        {
            // The shell has become unshare, whose only child is process 1 there; before that its children come and go.
            var children = File.ReadAllText($"/proc/{machine.Pid}/task/{machine.Pid}/children").Split(' ');
            Init = children is [{ Length: > 0 } pid, ..] ? int.Parse(pid) : 0;
            return Init != 0 && File.ReadAllText($"/proc/{Init}/comm").Trim() == "systemd";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool Runs(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("nsenter", [.. Inside, program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static bool Removed(string directory)
    {
        try
        {
            foreach (var below in Directory.Exists(directory) ? Directory.GetDirectories(directory, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal).Append(directory) : [])
            {
                Directory.Delete(below);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
