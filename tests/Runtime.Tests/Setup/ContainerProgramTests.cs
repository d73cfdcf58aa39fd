using Devoxx.Native.Capabilities;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Tests.Setup;

/// <summary>The flat program as text: what the child will do, in which order.</summary>
public sealed class ContainerProgramTests
{
    private static readonly RuntimeSpec Spec = new()
    {
        Process = new Process
        {
            Args = ["sh"], Env = ["PATH=/bin"], Cwd = "/", NoNewPrivileges = true, User = new User { Uid = 5, Gid = 6, AdditionalGids = [7] },
            Capabilities = new LinuxCapabilities { Bounding = ["CAP_CHOWN"], Effective = ["CAP_CHOWN"], Permitted = ["CAP_CHOWN"] },
        },
        Root = new Root("rootfs"),
        Hostname = "box",
        Mounts = [new Mount { Destination = "/data", Type = "bind", Source = "/srv", Options = ["rbind", "ro"] }],
        Linux = new LinuxSpec { Namespaces = [new("mount"), new("pid"), new("uts"), new("cgroup"), new("network")] },
    };

    [Fact]
    public void Joins_its_cgroup_before_anything_else_and_makes_the_cgroup_namespace_after()
    {
        var lines = Lines(Spec, tasks: [11, 12]).Where(line => !line.StartsWith("close_range", StringComparison.Ordinal) && !line.StartsWith("sched_setaffinity", StringComparison.Ordinal));
        Assert.Equal(["write 0 to cgroup tasks (fd 11)", "write 0 to cgroup tasks (fd 12)", "setsid", "unshare (CLONE_NEWCGROUP)"], lines.Take(4));
    }

    [Fact]
    public void Opens_what_it_binds_before_its_namespace_is_private_and_attaches_it_after()
    {
        var lines = Lines(Spec);
        Assert.True(lines.IndexOf("open_tree /srv (OPEN_TREE_CLONE|AT_RECURSIVE)") < lines.IndexOf("mount / (MS_REC|MS_PRIVATE)"));
        Assert.Equal(
            [
                "open /data (RESOLVE_IN_ROOT)", "mount_setattr /data (MS_PRIVATE)", "mount_setattr /data (MOUNT_ATTR_RDONLY)", "move_mount to /data", "close", "close",
            ],
            lines.Skip(lines.IndexOf("open /data (RESOLVE_IN_ROOT)")).Take(6));
    }

    [Fact]
    public void Gives_up_its_rights_in_the_order_that_the_kernel_allows()
    {
        const string Inside = "getcwd / (must lie in the container)";
        var lines = Lines(Spec);
        string[] order =
        [
            "pivot_root /b/rootfs", "umount2 old root (MNT_DETACH)", "close_range (CLOSE_RANGE_CLOEXEC)", Inside, "prctl CAP_KILL (PR_CAPBSET_DROP)", "prctl (PR_SET_KEEPCAPS)", "setgroups 7", "setgid 6", "setuid 5",
            "capset permitted 1, effective 1, inheritable 0", "prctl (PR_SET_NO_NEW_PRIVS)", "prctl (PR_SET_PDEATHSIG)",
            "write report", "rt_sigaction", "execve sh",
        ];
        var positions = order.Select(line => lines.IndexOf(line)).ToArray();
        Assert.DoesNotContain(-1, positions);
        Assert.Equal(positions.Order(), positions);
        Assert.Equal("execve sh", lines[^1]);

        // Each time that the directory is entered: as root, and else as the user.
        var entered = Enumerable.Range(0, lines.Count).Where(i => lines[i] == "chdir /").Skip(1).ToList();
        Assert.Equal(2, entered.Count);
        Assert.All(entered, i => Assert.Equal(Inside, lines[i + 1]));
    }

    [Fact]
    public void Without_descriptors_for_mounts_binds_in_three_calls()
    {
        var lines = Lines(Spec, descriptors: false);
        Assert.DoesNotContain(lines, line => line.StartsWith("open_tree") || line.StartsWith("move_mount") || line.StartsWith("mount_setattr"));
        var bind = lines.IndexOf("mount /srv on /data (MS_BIND|MS_REC)");
        var privately = lines.IndexOf("mount /data (MS_REC|MS_PRIVATE)");
        var readOnly = lines.FindIndex(line => line.StartsWith("mount /data (MS_RDONLY") && line.Contains("MS_REMOUNT|MS_BIND"));
        Assert.True(0 < bind && bind < privately && privately < readOnly, $"{bind} {privately} {readOnly}");
    }

    [Fact]
    public void Waits_for_start_when_there_is_a_fifo()
    {
        var lines = Build(Spec, new ChildDescriptors { Errors = 9, StartFifo = 10 }).Lines().ToList();
        string[] order = ["access sh", "write report", "open start fifo (O_WRONLY)", "execve sh"];
        Assert.Equal(order.Select(line => lines.IndexOf(line)).Order(), order.Select(line => lines.IndexOf(line)));
        Assert.Contains("access sh", lines);
    }

    [Theory]
    [InlineData("intelRdt", "linux.intelRdt is not supported")]
    [InlineData("apparmor", "this host has no AppArmor")]
    [InlineData("selinux", "this host has no SELinux")]
    [InlineData("personality", "'SPARC' is none of LINUX and LINUX32")]
    [InlineData("clock", "'realtime' is none of monotonic and boottime")]
    public void What_it_cannot_do_it_refuses(string what, string message)
    {
        var spec = what switch
        {
            "intelRdt" => Spec with { Linux = Spec.Linux! with { IntelRdt = new IntelRdt() } },
            "apparmor" => Spec with { Process = Spec.Process! with { ApparmorProfile = "docker-default" } },
            "selinux" => Spec with { Process = Spec.Process! with { SelinuxLabel = "system_u:system_r:container_t:s0" } },
            "personality" => Spec with { Linux = Spec.Linux! with { Personality = new Personality("SPARC") } },
            _ => Spec with
            {
                Linux = Spec.Linux! with { Namespaces = [.. Spec.Linux.Namespaces!, new("time")], TimeOffsets = new Dictionary<string, TimeOffset> { ["realtime"] = new() } },
            },
        };
        Assert.Contains(message, Assert.Throws<SetupException>(() => Lines(spec)).Message);
    }

    [Fact]
    public void Waits_for_its_ids_before_anything_else_and_becomes_root()
    {
        var lines = Lines(Spec with { Linux = Spec.Linux! with { Namespaces = [.. Spec.Linux.Namespaces!, new("user")] } });
        Assert.Equal(["write report", "read the runtime's answer"], lines[..2]);
        Assert.Contains("setuid 0 in the user namespace", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("mknod"));
    }

    [Fact]
    public void A_zero_byte_in_a_text_is_refused()
    {
        var spec = Spec with { Process = Spec.Process! with { Args = ["sh", "a\0b"] } };
        Assert.Equal("'a\\0b' contains a zero byte", Assert.Throws<SetupException>(() => Lines(spec)).Message);
    }

    private static List<string> Lines(RuntimeSpec spec, IReadOnlyList<int>? tasks = null, bool descriptors = true) =>
        [.. Build(spec, new ChildDescriptors { Errors = 9, CgroupTasks = tasks ?? [] }, descriptors).Lines()];

    private static OperationList Build(RuntimeSpec spec, ChildDescriptors fds, bool descriptors = true) =>
        ContainerProgram.Build(
            spec, "/b", new NamespacePlan(spec.Linux!.Namespaces), fds, new CapabilitySets(ulong.MaxValue, ulong.MaxValue, 0), dieWithParent: true, descriptors);
}
