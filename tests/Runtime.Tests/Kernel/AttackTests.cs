using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>Attacks that worked on container runtimes, carried out on this one; each names the case. As root.</summary>
public sealed class AttackTests
{
    [Fact]
    public void CVE_2019_5736_the_runtime_cannot_be_overwritten_by_way_of_a_process_that_runs_it()
    {
        using var bundle = new Bundle();
        var before = File.ReadAllBytes(Published.Executable);

        // The image's command is a link to the executable of whoever starts it. What then runs is the runtime, in a container that holds the file open
        // and writes to it when nothing runs it any more.
        File.CreateSymbolicLink(bundle.Upper + "/entry", "/proc/self/exe");
        var spec = bundle.Shell("""
            exec 5</proc/self/exe
            (exec /entry run 2>/dev/null)
            for p in /proc/[0-9]*; do
                for link in exe fd/5; do
                    (: >>$p/$link) 2>&1 | grep -v "can't create /proc/[0-9]*/fd/5: Read-only\|Text file busy\|No such" | grep -c . >/dev/null
                done
            done
            true
            """).WithProcess(p => p with { Capabilities = null });
        bundle.Start(spec).Exit();
        Assert.Equal(before, File.ReadAllBytes(Published.Executable));
    }

    [Fact]
    public void CVE_2019_5736_the_executable_of_an_entering_process_lies_on_a_read_only_mount()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Spec("sleep", "1000"));
        Assert.Equal("devoxx-runtime", File.ReadAllText($"/proc/{run.MonitorPid}/comm").Trim());

        const int ST_RDONLY = 1;
        Assert.Equal(ST_RDONLY, MountFlags($"/proc/{run.MonitorPid}/exe") & ST_RDONLY);
        Assert.Equal(0, MountFlags(Published.Executable) & ST_RDONLY);
    }

    [Fact]
    public void CVE_2024_21626_no_descriptor_of_the_caller_is_inherited()
    {
        using var bundle = new Bundle();
        bundle.Write(bundle.Shell("ls /proc/self/fd | wc -l; ls -l /proc/self/fd | grep -c etc; true"));

        // A shell leaves descriptors 7 and 9 open for the runtime.
        Command.Run(
            "sh", "-c", "exec 7</etc 9</etc/passwd; exec \"$0\" monitor --root \"$1\" --bundle \"$2\" \"$3\" </dev/null",
            Published.Executable, bundle.Root, bundle.Path, bundle.Id).Succeeded();
        Assert.Equal(["4", "0"], Log.Text(bundle, "stdout"));
    }

    [Theory]
    [InlineData("/proc/self/fd/7")]
    [InlineData("/proc/self/fd/4")]
    [InlineData("/proc/self/cwd")]
    public void CVE_2024_21626_the_working_directory_cannot_be_one_of_the_host(string cwd)
    {
        using var bundle = new Bundle();
        bundle.Write(bundle.Shell("pwd; ls -d ../../../../etc/hostname").WithProcess(p => p with { Cwd = cwd }));
        var run = Command.Run(
            "sh", "-c", "exec 7</; exec \"$0\" monitor --root \"$1\" --bundle \"$2\" \"$3\" </dev/null", Published.Executable, bundle.Root, bundle.Path, bundle.Id);
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("/etc/hostname", string.Join('\n', Log.Lines(bundle)));
    }

    [Fact]
    public void CVE_2021_30465_a_link_in_place_of_a_mount_target_stays_inside_the_root()
    {
        using var bundle = new Bundle();
        var outside = bundle.Path + "/outside";
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(bundle.Upper + "/etc");
        File.CreateSymbolicLink(bundle.Upper + "/volume", outside);
        File.CreateSymbolicLink(bundle.Upper + "/up", "../../../../../.." + outside);
        File.WriteAllText(bundle.Data + "/file", "");
        Directory.CreateDirectory(bundle.Upper + outside);

        // The links resolve to a directory of this name inside the root, never to that of the host.
        Assert.Equal(
            ["file", "file"],
            bundle.Output(bundle.Shell($"ls {outside}/a; ls {outside}/b").WithMount("/volume/a", bundle.Data, "rbind").WithMount("/up/b", bundle.Data, "rbind")));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public void CVE_2021_30465_what_a_dangling_link_points_to_is_made_in_the_container_and_not_outside()
    {
        using var bundle = new Bundle();
        var outside = bundle.Path + "/created-by-link";
        File.CreateSymbolicLink(bundle.Upper + "/volume", outside);
        File.WriteAllText(bundle.Data + "/file", "of the volume");
        Assert.Equal(["of the volume"], bundle.Output(bundle.Shell("cat /volume/file; echo").WithMount("/volume", bundle.Data, "rbind")));
        Assert.False(Path.Exists(outside));
        Assert.True(Directory.Exists(bundle.Upper + outside));
    }

    [Fact]
    public void A_link_of_many_parts_in_the_way_of_a_target_stays_in_the_container()
    {
        using var bundle = new Bundle();
        Directory.CreateDirectory(bundle.Upper + "/etc");
        File.CreateSymbolicLink(bundle.Upper + "/jump", "/../../tmp/./foo/../foo/bar");
        File.CreateSymbolicLink(bundle.Upper + "/etc/hosts.d", "../../../jump/baz");
        File.WriteAllText(bundle.Data + "/hosts", "127.0.0.1");
        Assert.Equal(["127.0.0.1"], bundle.Output(bundle.Shell("cat /tmp/foo/bar/baz/hosts; echo").WithMount("/etc/hosts.d/hosts", bundle.Data + "/hosts", "bind")));
    }

    [Fact]
    public void Links_that_lead_in_a_circle_are_refused()
    {
        using var bundle = new Bundle();
        File.CreateSymbolicLink(bundle.Upper + "/a", "b/x");
        File.CreateSymbolicLink(bundle.Upper + "/b", "a");
        Assert.Contains("ELOOP", bundle.Refusal(bundle.Spec("true").WithMount("/a/c", bundle.Data, "rbind")));
    }

    [Fact]
    public void CVE_2023_27561_a_link_in_place_of_proc_is_refused()
    {
        using var bundle = new Bundle();
        Directory.CreateDirectory(bundle.Upper + "/elsewhere");
        Replace(bundle, "proc", "/elsewhere");
        Assert.Equal("open /proc (RESOLVE_IN_ROOT|RESOLVE_NO_SYMLINKS): ELOOP, too many levels of symbolic links: the filesystem of /proc must be mounted on ordinary directory", bundle.Refusal(bundle.Spec("true")));
    }

    [Fact]
    public void CVE_2023_27561_a_link_in_place_of_sys_is_refused()
    {
        using var bundle = new Bundle();
        Replace(bundle, "sys", "/tmp");
        Assert.Contains("ELOOP", bundle.Refusal(bundle.Spec("true")));
    }

    [Theory]
    [InlineData("/proc/self")]
    [InlineData("/proc/self/attr")]
    [InlineData("/proc/sys/kernel")]
    [InlineData("/proc/../proc/sys")]
    [InlineData("/proc")]
    public void CVE_2019_16884_nothing_is_mounted_over_proc(string target)
    {
        using var bundle = new Bundle();
        Assert.Contains("only a proc filesystem may be mounted on /proc", bundle.Refusal(bundle.Spec("true").WithMount(target, bundle.Data, "rbind")));
    }

    [Fact]
    public void CVE_2026_41579_the_images_dev_is_never_used()
    {
        using var bundle = new Bundle();
        var victim = bundle.Path + "/victim";
        File.WriteAllText(victim, "untouched");
        Directory.CreateDirectory(bundle.Upper + "/dev");
        File.CreateSymbolicLink(bundle.Upper + "/dev/null", victim);
        File.CreateSymbolicLink(bundle.Upper + "/dev/shm", "/etc");
        File.CreateSymbolicLink(bundle.Upper + "/dev/console", victim);
        var spec = bundle.Shell("stat -c %t:%T /dev/null; cat /proc/keys | wc -c");
        Assert.Equal(["1:3", "0"], bundle.Output(spec));

        // Also where config.json mounts nothing on /dev.
        using var without = new Bundle();
        Directory.CreateDirectory(without.Upper + "/dev");
        File.CreateSymbolicLink(without.Upper + "/dev/null", victim);
        spec = without.Shell("stat -c %t:%T /dev/null; cat /proc/keys | wc -c");
        Assert.Equal(["1:3", "0"], without.Output(spec with { Mounts = [.. spec.Mounts!.Where(mount => !mount.Destination.StartsWith("/dev"))] }));
        Assert.Equal("untouched", File.ReadAllText(victim));
    }

    [Fact]
    public void CVE_2026_41579_a_dev_that_is_a_link_leads_nowhere_else()
    {
        using var bundle = new Bundle();
        Replace(bundle, "dev", "/etc");
        Assert.Equal(["1:3"], bundle.Output("stat -c %t:%T /dev/null"));
        Assert.DoesNotContain("null", Directory.GetFileSystemEntries("/etc").Select(Path.GetFileName));
    }

    [Fact]
    public void CVE_2025_31133_a_masked_path_is_covered_by_the_real_null_device()
    {
        using var bundle = new Bundle();
        var spec = bundle.Shell("stat -c %t:%T /proc/keys; (echo x >/proc/keys) && cat /proc/keys | wc -c");
        Assert.Equal(["1:3", "0"], bundle.Output(spec));
    }

    [Fact]
    public void CVE_2025_31133_a_link_among_the_masked_paths_does_not_leave_the_root()
    {
        using var bundle = new Bundle();
        var outside = bundle.Path + "/outside";
        Directory.CreateDirectory(outside);
        File.WriteAllText(outside + "/file", "");
        File.CreateSymbolicLink(bundle.Upper + "/masked", outside);
        bundle.Output(bundle.Spec("true").WithLinux(l => l with { MaskedPaths = ["/masked"], ReadonlyPaths = ["/masked"] }));
        Assert.True(File.Exists(outside + "/file"));
        File.WriteAllText(outside + "/still-writable", "");
    }

    [Fact]
    public void CVE_2019_19921_writes_for_the_container_do_not_go_through_its_own_proc()
    {
        using var bundle = new Bundle();

        // An image whose /proc is full of lures, and no proc mounted at all.
        Directory.CreateDirectory(bundle.Upper + "/proc/self");
        Directory.CreateDirectory(bundle.Upper + "/proc/sys/kernel");
        File.WriteAllText(bundle.Upper + "/proc/self/oom_score_adj", "lure");
        File.WriteAllText(bundle.Upper + "/proc/sys/kernel/msgmax", "lure");
        var spec = bundle.Shell("cat /proc/self/oom_score_adj; echo; cat /proc/sys/kernel/msgmax; echo")
            .WithProcess(p => p with { OomScoreAdj = 500 })
            .WithLinux(l => l with { Sysctl = new Dictionary<string, string> { ["kernel.msgmax"] = "4096" } });
        Assert.Equal(["lure", "lure"], bundle.Output(spec with { Mounts = [.. spec.Mounts!.Where(mount => mount.Type != "proc")] }));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a\nb")]
    public void An_id_that_is_no_name_is_refused(string id)
    {
        using var bundle = new Bundle();
        bundle.Write(bundle.Spec("true"));
        var run = Command.Run(Published.Executable, "monitor", "--root", bundle.Root, "--bundle", bundle.Path, id);
        Assert.Contains("invalid container ID format", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("/../../escape")]
    [InlineData("a/../../b")]
    public void A_cgroup_path_that_climbs_is_refused(string path)
    {
        using var bundle = new Bundle();
        bundle.Refusal(bundle.Spec("true").WithLinux(l => l with { CgroupsPath = path }));
    }

    [Fact]
    public void A_terminal_multiplexer_among_the_devices_stays_the_containers_own()
    {
        using var bundle = new Bundle();
        Assert.Equal(["pts/ptmx", "1:7"], bundle.Output(bundle.Shell("readlink /dev/ptmx; stat -c %t:%T /dev/sub/full")
            .WithLinux(l => l with { Devices = [new Device("c", "/dev/ptmx", 5, 2), new Device("c", "/dev/sub/full", 1, 7)] })));
    }

    [Fact]
    public void A_device_outside_of_dev_takes_no_file_s_place()
    {
        using var bundle = new Bundle();
        Assert.Contains("char 1:3", bundle.Refusal(bundle.Spec("true").WithLinux(l => l with { Devices = [new Device("c", "/etc/passwd", 1, 3)] })));
        var spec = bundle.Shell("stat -c '%F %t:%T' /opt/full/x /etc/x").WithLinux(l => l with { Devices = [new Device("c", "/opt/full/x/", 1, 7), new Device("c", "/dev/../etc/x", 1, 3)] });
        Assert.Equal(["character special file 1:7", "character special file 1:3"], bundle.Output(spec));
    }

    /// <summary>f_flags of statfs(2).</summary>
    private static unsafe nint MountFlags(string path)
    {
        var buffer = stackalloc nint[16];
        fixed (byte* p = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            Assert.Equal(0, Native.RawSyscall.Invoke(Native.Nr.statfs, (nint)p, (nint)buffer));
        }

        return buffer[10];
    }

    private static void Replace(Bundle bundle, string directory, string target) => File.CreateSymbolicLink($"{bundle.Upper}/{directory}", target);
}
