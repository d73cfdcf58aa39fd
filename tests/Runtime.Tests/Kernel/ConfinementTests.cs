using Devoxx.Native.Mounts;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>What a container is kept from, seen from inside and from the host; as root.</summary>
public sealed class ConfinementTests
{
    [Fact]
    public void Has_only_the_capabilities_it_was_given_and_can_pass_none_on()
    {
        using var bundle = new Bundle();
        var sets = bundle.Output("grep -E '^Cap' /proc/self/status");
        Assert.Equal(
            ["CapInh:\t0000000000000000", "CapPrm:\t00000000a80425fb", "CapEff:\t00000000a80425fb", "CapBnd:\t00000000a80425fb", "CapAmb:\t0000000000000000"], sets);
    }

    [Fact]
    public void An_ordinary_user_has_no_capabilities_and_no_group_of_the_caller()
    {
        using var bundle = new Bundle();
        var spec = bundle.Shell("id -u; id -g; grep -E '^(CapPrm|CapEff|Groups|NoNewPrivs|Umask)' /proc/self/status; touch /tmp/x && stat -c %a /tmp/x")
            .WithProcess(p => p with { User = new User { Uid = 1000, Gid = 1001, AdditionalGids = [7, 8], Umask = 0b000_111_111 }, NoNewPrivileges = true });
        Assert.Equal(
            ["1000", "1001", "Umask:\t0077", "Groups:\t7 8 ", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1", "600"], bundle.Output(
                spec.WithProcess(p => p with { Capabilities = new LinuxCapabilities { Bounding = p.Capabilities!.Bounding } })));
    }

    [Fact]
    public void Supplementary_groups_of_the_caller_are_gone()
    {
        using var bundle = new Bundle();
        bundle.Write(bundle.Shell("grep Groups /proc/self/status"));

        // The caller has a group that must not survive.
        var run = Command.Run(
            "setpriv", "--groups", "4,27", Published.Executable, "monitor", "--root", bundle.Root, "--bundle", bundle.Path, bundle.Id).Succeeded();
        Assert.Equal("", run.Error);
        Assert.Equal(["Groups:\t "], Log.Text(bundle, "stdout"));
    }

    [Fact]
    public void Masked_paths_show_nothing_and_readonly_paths_take_nothing()
    {
        using var bundle = new Bundle();
        Assert.Equal(
            ["0", "0", "0", "refused", "refused"], bundle.Output("""
                cat /proc/keys | wc -c
                cat /proc/timer_list | wc -c
                ls /sys/firmware /proc/acpi 2>/dev/null | grep -v : | grep -c .
                echo 0 2>/dev/null >/proc/sys/kernel/domainname || echo refused
                mkdir /proc/acpi/x 2>/dev/null || echo refused
                """));
    }

    [Fact]
    public void Sees_only_its_own_cgroup_and_cannot_write_it()
    {
        using var bundle = new Bundle();
        var output = bundle.Output("""
            cut -d: -f3 /proc/self/cgroup | sort -u
            for d in /sys/fs/cgroup/memory /sys/fs/cgroup; do [ -e $d/cgroup.procs ] && grep -c . $d/cgroup.procs && break; done
            find /sys/fs/cgroup -type f -name cgroup.procs | while read f; do (echo $$ >$f) 2>/dev/null && echo written $f; done
            find /sys/fs/cgroup -name release_agent
            (mkdir /sys/fs/cgroup/memory/x || mkdir /sys/fs/cgroup/x) 2>/dev/null && echo made
            true
            """);
        Assert.Equal("/", output[0]);
        Assert.InRange(int.Parse(output[1]), 1, 3);
        Assert.Equal(2, output.Count);
    }

    [Fact]
    public void Has_namespaces_of_its_own_and_a_network_that_is_up_to_itself()
    {
        using var bundle = new Bundle();
        var output = bundle.Output("for n in pid net ipc uts mnt cgroup; do readlink /proc/self/ns/$n; done; hostname; ip -o -4 addr; ping -c1 -W1 127.0.0.1 >/dev/null && echo up");
        var host = new[] { "pid", "net", "ipc", "uts", "mnt", "cgroup" }.Select(name => new FileInfo($"/proc/self/ns/{name}").LinkTarget).ToArray();
        Assert.Empty(output.Take(6).Intersect(host));
        Assert.Equal("box", output[6]);
        Assert.Contains("127.0.0.1/8", output[7]);
        Assert.Equal("up", output[8]);
        Assert.Equal(9, output.Count);
    }

    [Fact]
    public void Nothing_it_mounts_is_seen_by_the_host_and_nothing_the_host_mounts_later_by_it()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("while [ ! -e /tmp/go ]; do sleep 0.02; done; grep -c later /proc/self/mountinfo; ls /data").WithMount("/data", bundle.Data, "rbind"));
        Assert.DoesNotContain(MountTable.Read(), mount => mount.MountPoint.StartsWith(bundle.Path));
        Assert.All(File.ReadAllLines($"/proc/{run.Pid}/mountinfo"), line => Assert.DoesNotContain("shared:", line));
        Directory.CreateDirectory(bundle.Data + "/later");
        Mounting.Tmpfs(bundle.Data + "/later");
        try
        {
            File.WriteAllText(bundle.Data + "/later/file", "");
            File.WriteAllText($"/proc/{run.Pid}/root/tmp/go", "");
            run.Exit();
            Assert.Equal(["0", "later"], Log.Text(bundle, "stdout"));
        }
        finally
        {
            Mounting.Unmount(bundle.Data + "/later");
        }
    }

    [Fact]
    public void A_slave_mount_receives_what_the_host_mounts_later()
    {
        using var bundle = new Bundle();
        using var shared = Mounting.Shared(bundle.Data);
        var run = bundle.Start(bundle.Shell("while [ ! -e /data/later/file ]; do sleep 0.02; done; echo seen").WithMount("/data", bundle.Data, "rbind", "rslave"));
        Assert.Null(run.Error);
        Directory.CreateDirectory(bundle.Data + "/later");
        Mounting.Tmpfs(bundle.Data + "/later");
        File.WriteAllText(bundle.Data + "/later/file", "");
        Assert.Equal(0, run.Exit().ExitCode);
        Mounting.Unmount(bundle.Data + "/later");
    }

    [Fact]
    public void A_shared_mount_gives_the_host_what_the_container_mounts()
    {
        using var bundle = new Bundle();
        using var shared = Mounting.Shared(bundle.Data);
        Directory.CreateDirectory(bundle.Data + "/inside");
        var spec = bundle.Shell("mount -t tmpfs tmpfs /data/inside && touch /data/inside/file && sleep 1000").WithMount("/data", bundle.Data, "rbind", "rshared")
            .WithProcess(p => p with { Capabilities = Everything });
        var run = bundle.Start(spec);
        Assert.Null(run.Error);
        Eventually.True(() => File.Exists(bundle.Data + "/inside/file"), "the container's mount is on the host");
        run.Kill();
        run.Exit();
        Mounting.Unmount(bundle.Data + "/inside");
    }

    [Fact]
    public void A_read_only_mount_cannot_be_written_and_its_source_can()
    {
        using var bundle = new Bundle();
        File.WriteAllText(bundle.Data + "/file", "x");
        Assert.Equal(
            ["x", "refused"],
            bundle.Output(bundle.Shell("cat /data/file; echo; (echo y >/data/file) 2>/dev/null || echo refused").WithMount("/data", bundle.Data, "rbind", "ro", "nosuid", "noexec")));
        File.WriteAllText(bundle.Data + "/file", "z");
    }

    [Fact]
    public void A_recursive_read_only_mount_covers_what_is_mounted_below()
    {
        using var bundle = new Bundle();
        Directory.CreateDirectory(bundle.Data + "/sub");
        Mounting.Tmpfs(bundle.Data + "/sub");
        try
        {
            Assert.Equal(
                ["plain 0", "recursive 1"],
                bundle.Output(bundle.Shell("touch /plain/sub/x 2>/dev/null; echo plain $?; touch /recursive/sub/x 2>/dev/null; echo recursive $?")
                    .WithMount("/plain", bundle.Data, "rbind", "ro").WithMount("/recursive", bundle.Data, "rbind", "rro")));
        }
        finally
        {
            Mounting.Unmount(bundle.Data + "/sub");
        }
    }

    [Fact]
    public void A_read_only_root_takes_nothing_but_its_mounts_do()
    {
        using var bundle = new Bundle();
        var spec = bundle.Shell("touch /x 2>/dev/null || echo refused; touch /dev/shm/x && echo shm") with { Root = new Root("rootfs", Readonly: true) };
        Assert.Equal(["refused", "shm"], bundle.Output(spec));
    }

    [Fact]
    public void Its_dev_is_fresh_and_has_the_standard_nodes_only()
    {
        using var bundle = new Bundle();
        Assert.Equal(
            ["fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"],
            bundle.Output("ls /dev").SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order());
        Assert.Equal(["1:3 666", "5:0 666"], bundle.Output("stat -c '%t:%T %a' /dev/null /dev/tty"));
    }

    [Fact]
    public void Sysctls_of_its_namespaces_are_set()
    {
        using var bundle = new Bundle();
        var spec = bundle.Shell("cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax")
            .WithLinux(l => l with { Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_unprivileged_port_start"] = "80", ["kernel/msgmax"] = "4096" } });
        Assert.Equal(["80", "4096"], bundle.Output(spec));
    }

    [Theory]
    [InlineData("vm.swappiness", "not of a namespace")]
    [InlineData("kernel.core_pattern", "not of a namespace")]
    [InlineData("kernel/core_pattern", "not of a namespace")]
    [InlineData("net.ipv4/../../kernel/core_pattern", "no name of a setting")]
    [InlineData("net/../kernel/core_pattern", "no name of a setting")]
    public void Sysctls_of_the_host_are_refused(string name, string reason)
    {
        using var bundle = new Bundle();
        Assert.Contains(reason, bundle.Refusal(bundle.Spec("true").WithLinux(l => l with { Sysctl = new Dictionary<string, string> { [name] = "1" } })));
    }

    [Fact]
    public void A_network_sysctl_on_the_hosts_network_is_refused()
    {
        using var bundle = new Bundle();
        var spec = bundle.Spec("true").WithLinux(l => l with
        {
            Namespaces = [.. l.Namespaces!.Where(n => n.Type != "network")],
            Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1" },
        });
        Assert.Contains("no network namespace of its own", bundle.Refusal(spec));
    }

    [Fact]
    public void Limits_and_the_priority_for_the_oom_killer_are_as_asked()
    {
        using var bundle = new Bundle();
        var spec = bundle.Shell("ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj; pwd")
            .WithProcess(p => p with { Rlimits = [new Rlimit("RLIMIT_NOFILE", 100, 200)], OomScoreAdj = 333, Cwd = "/made/for/it" });
        Assert.Equal(["100", "200", "333", "/made/for/it"], bundle.Output(spec));
    }

    private static LinuxCapabilities Everything
    {
        get
        {
            var all = Enumerable.Range(0, Devoxx.Native.Capabilities.Capability.Count).Select(Devoxx.Native.Capabilities.Capability.Name).ToList();
            return new LinuxCapabilities { Bounding = all, Effective = all, Permitted = all };
        }
    }
}
