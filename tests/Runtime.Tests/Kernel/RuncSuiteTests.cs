using System.Globalization;
using System.Text.Json;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>What runc's own suite has found (docs/runtime.md, "Conformance"); as root.</summary>
public sealed class RuncSuiteTests : IDisposable
{
    private readonly Bundle _bundle = new();

    [Fact]
    public void What_could_not_be_executed_is_255_unless_the_codes_of_shells_are_asked_for()
    {
        Running(_bundle.Spec("sleep", "1000"));
        Assert.Equal(255, _bundle.Runtime("exec", _bundle.Id, "nope").ExitCode);
        Assert.Equal(127, _bundle.Runtime("exec", "--shell-exit-codes", _bundle.Id, "nope").ExitCode);
        Assert.Equal(255, _bundle.Runtime("exec", "no-such-container", "true").ExitCode);
        Assert.Equal(42, _bundle.Runtime("exec", _bundle.Id, "sh", "-c", "exit 42").ExitCode);
    }

    [Fact]
    public void Ps_says_of_the_container_s_processes_what_the_host_s_does()
    {
        Running(_bundle.Shell("sleep 1234 & exec sleep 2345"));
        var table = _bundle.Runtime("ps", _bundle.Id).Succeeded().Lines;
        Assert.Matches("^UID +PID +PPID +C +STIME +TTY +TIME +CMD", table[0]);
        Assert.Equal(3, table.Count);
        Assert.Contains(table, line => line.EndsWith("sleep 1234", StringComparison.Ordinal));
        Assert.Matches("^ +PID +TTY +STAT +TIME +COMMAND", _bundle.Runtime("ps", _bundle.Id, "-e", "-x").Succeeded().Lines[0]);
        Assert.Equal($"[{string.Join(',', File.ReadAllLines(_bundle.CgroupDirectories().First() + "/cgroup.procs").Select(int.Parse).Order())}]\n", _bundle.Runtime("ps", "--format", "json", _bundle.Id).Output);
        Assert.Contains("no column PID", _bundle.Runtime("ps", _bundle.Id, "-o", "user").Error);
    }

    [Fact]
    public void A_process_whose_pid_cannot_be_written_down_does_not_stay()
    {
        Running(_bundle.Spec("sleep", "1000"));
        var exec = _bundle.Detached("exec", "--detach", "--pid-file", _bundle.Path + "/nowhere/pid", _bundle.Id, "sleep", "2000");
        Assert.Equal(255, exec.ExitCode);
        Assert.Contains(_bundle.Path + "/nowhere/pid", exec.Error);
        Assert.Single(File.ReadAllLines(_bundle.CgroupDirectories().First() + "/cgroup.procs"));
        var create = _bundle.Detached("create", "--bundle", _bundle.Path, "--pid-file", _bundle.Path + "/nowhere/pid", _bundle.Id + "-2");
        Assert.Equal(1, create.ExitCode);
        Assert.False(Directory.Exists(_bundle.StateDirectory + "-2"));
    }

    [Fact]
    public void A_script_is_told_from_its_interpreter_when_one_of_them_is_missing()
    {
        Directory.CreateDirectory(_bundle.Upper + "/bin");
        File.WriteAllText(_bundle.Upper + "/bin/script", "#!/nowhere\n");
        File.SetUnixFileMode(_bundle.Upper + "/bin/script", (UnixFileMode)0b111_101_101);
        Running(_bundle.Spec("sleep", "1000"));
        var exec = _bundle.Exec(_bundle.Id, "/bin/script");
        Assert.Equal((127, "devoxx-runtime: exec /bin/script: no such file or directory: its interpreter is missing\n"), (exec.ExitCode, exec.Error));
        Assert.Contains("stat /bin/other: no such file or directory", _bundle.Exec(_bundle.Id, "/bin/other").Error);
    }

    [Fact]
    public void A_container_that_waits_for_start_ends_by_a_signal()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        _bundle.Runtime("kill", _bundle.Id, "WINCH").Succeeded();
        Assert.Equal("created", State("status"));
        _bundle.Runtime("kill", _bundle.Id, "TERM").Succeeded();
        Eventually.True(() => State("status") == "stopped", "it has ended");
        _bundle.Runtime("delete", _bundle.Id).Succeeded();
    }

    [Fact]
    public void A_container_that_another_freezer_holds_is_paused_and_can_be_resumed_and_removed()
    {
        var host = CgroupHost.Detect();
        Assert.SkipUnless(host.Version == CgroupVersion.Hybrid && host.V1.ContainsKey("freezer"), "this host has not both versions of the freezer");
        Running(_bundle.Spec("sleep", "1000"));
        var freezer = Directory.CreateDirectory($"{host.V1["freezer"]}/{_bundle.Id}").FullName;
        File.WriteAllText(freezer + "/cgroup.procs", State("pid"));
        File.WriteAllText(freezer + "/freezer.state", "FROZEN");
        Assert.Equal("paused", State("status"));
        Assert.Contains("paused container", _bundle.Runtime("exec", _bundle.Id, "true").Error);
        _bundle.Runtime("resume", _bundle.Id).Succeeded();
        Assert.Equal("running", State("status"));
        File.WriteAllText(freezer + "/freezer.state", "FROZEN");
        _bundle.Runtime("delete", "--force", _bundle.Id).Succeeded();
        Eventually.True(() => File.ReadAllText(freezer + "/cgroup.procs").Length == 0, "nobody is left in it");
        Directory.Delete(freezer);
    }

    [Fact]
    public void A_cgroup_that_is_frozen_by_either_version_is_refused()
    {
        var host = CgroupHost.Detect();
        var spec = _bundle.Spec("true");
        _bundle.Write(spec);
        var (file, frozen) = host.V1.TryGetValue("freezer", out var v1) ? ($"{v1}{spec.Linux!.CgroupsPath}/freezer.state", "FROZEN") : ($"{host.Unified}{spec.Linux!.CgroupsPath}/cgroup.freeze", "1");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, frozen);
        Assert.Contains("container's cgroup unexpectedly frozen", _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Error);
        Directory.Delete(Path.GetDirectoryName(file)!);
        if (host.Version == CgroupVersion.Hybrid)
        {
            // Nobody else makes anything there. Elsewhere it is where all tests have theirs.
            Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(file))!);
        }
    }

    [Fact]
    public void A_cgroup_with_others_below_that_an_earlier_run_has_left_will_do()
    {
        var spec = _bundle.Spec("true").WithLinux(l => l with { Resources = new LinuxResources { Devices = [new Oci.DeviceRule(false, null, null, null, "rwm")] } });
        _bundle.Write(spec);
        _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        var below = _bundle.CgroupDirectories().Select(directory => directory + "/below").ToList();
        below.ForEach(directory => Directory.CreateDirectory(directory));
        using (var init = PidFd.Open(_bundle.Pid))
        {
            init.SendSignal(Signal.Kill);
        }

        Eventually.True(() => State("status") == "stopped", "it has ended");
        File.Delete(_bundle.StateDirectory + "/state.json");
        Directory.Delete(_bundle.StateDirectory, recursive: true);
        Eventually.True(() => _bundle.CgroupDirectories().All(directory => File.ReadAllText(directory + "/cgroup.procs").Length == 0), "nobody is in it");
        _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        below.ForEach(Directory.Delete);
        _bundle.CgroupDirectories().ToList().ForEach(Directory.Delete);
    }

    [Fact]
    public void Who_may_make_cgroups_is_in_every_hierarchy()
    {
        var spec = _bundle.Shell("grep -vc ':/$' /proc/self/cgroup; grep -c '' /proc/self/cgroup; for d in /sys/fs/cgroup/*; do mkdir $d/below || exit 1; done; echo made");
        spec = spec.WithLinux(l => l with { Namespaces = [.. l.Namespaces!.Where(n => n.Type != "cgroup")] }) with
        {
            Mounts = [.. spec.Mounts!.Select(m => m.Type == "cgroup" ? m with { Options = [.. m.Options!.Where(o => o != "ro")] } : m)],
        };
        Assert.SkipWhen(CgroupHost.Detect().Version == CgroupVersion.V2, "one hierarchy is every hierarchy");
        _bundle.Write(spec);
        var run = _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Lines;
        Assert.Equal((run[0], "made"), (run[1], run[2]));
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Fact]
    public void Limits_change_in_the_order_that_the_kernel_takes()
    {
        Assert.SkipUnless(CgroupHost.Detect().V1.ContainsKey("cpu") && CgroupHost.Detect().V1.ContainsKey("memory"), "only version 1 asks for an order");
        var resources = new LinuxResources
        {
            Memory = new MemoryResources { Limit = 64 << 20, Swap = 128 << 20 },
            Cpu = new CpuResources { Period = 1_000_000, Quota = 500_000 },
            Devices = [new Oci.DeviceRule(false, null, null, null, "rwm"), new Oci.DeviceRule(false, "c", 1, 11, "rwa")],
        };
        Running(_bundle.Spec("sleep", "1000").WithLinux(l => l with { Resources = resources }));
        var parent = Path.GetDirectoryName(Cgroup("cpu"))!;
        try
        {
            File.WriteAllText(parent + "/cpu.cfs_quota_us", "50000");
            _bundle.Runtime("update", "--cpu-period", "10000", "--cpu-quota", "3000", _bundle.Id).Succeeded();
        }
        finally
        {
            File.WriteAllText(parent + "/cpu.cfs_quota_us", "-1");
        }

        Assert.Equal("10000 3000", $"{File.ReadAllText(Cgroup("cpu") + "/cpu.cfs_period_us").Trim()} {File.ReadAllText(Cgroup("cpu") + "/cpu.cfs_quota_us").Trim()}");
        _bundle.Runtime("update", "--memory", "-1", _bundle.Id).Succeeded();
        Assert.Equal("9223372036854771712", File.ReadAllText(Cgroup("memory") + "/memory.limit_in_bytes").Trim());
    }

    public void Dispose() => _bundle.Dispose();

    private void Running(RuntimeSpec spec)
    {
        _bundle.Write(spec);
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
    }

    private string Cgroup(string controller) => $"{CgroupHost.Detect().V1[controller]}{Specs.CgroupParent}/{_bundle.Id}";

    private string State(string field) => JsonDocument.Parse(_bundle.Runtime("state", _bundle.Id).Succeeded().Output).RootElement.GetProperty(field).ToString();
}
