using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The systemd cgroup driver, with a systemd of the tests' own; as root.</summary>
public sealed class SystemdTests(SystemdMachine machine) : IClassFixture<SystemdMachine>, IDisposable
{
    private readonly Bundle _bundle = new();

    private string Unit => $"dvx-{_bundle.Id}.scope";

    private string CgroupPath => $"/dvxa.slice/dvxa-b.slice/{Unit}";

    private static bool IsUnified => File.Exists("/sys/fs/cgroup/cgroup.controllers");

    [Fact]
    public void A_container_has_a_scope_in_its_slice_with_its_limits_and_leaves_none()
    {
        Start(_bundle.Spec("sleep", "1000"), new LinuxResources
        {
            Memory = new MemoryResources { Limit = 64 << 20, Swap = 64 << 20 }, Pids = new PidsResources(20), Cpu = new CpuResources { Quota = 50_000, Period = 100_000, Shares = 512 },
        });
        Assert.Equal("active", machine.Show(Unit, "ActiveState"));
        Assert.Equal("dvxa-b.slice", machine.Show(Unit, "Slice"));
        Assert.Equal("yes", machine.Show(Unit, "Delegate"));
        Assert.Equal("no", machine.Show(Unit, "DefaultDependencies"));
        Assert.Equal($"container {_bundle.Id}", machine.Show(Unit, "Description"));
        Assert.Equal(CgroupPath, machine.Show(Unit, "ControlGroup"));
        Assert.Equal("20", machine.Show(Unit, "TasksMax"));
        Assert.Equal("500ms", machine.Show(Unit, "CPUQuotaPerSecUSec"));
        Assert.Equal("67108864", machine.Show(Unit, IsUnified ? "MemoryMax" : "MemoryLimit"));
        Assert.Equal(IsUnified ? "59" : "512", machine.Show(Unit, IsUnified ? "CPUWeight" : "CPUShares"));
        Assert.Equal("67108864", CgroupFile("memory.limit_in_bytes", "memory.max"));
        Assert.Equal("20", CgroupFile("pids.max", "pids.max"));

        // Nothing but the container is in it: what it began with has ended.
        Assert.Equal([State("pid")], File.ReadAllLines($"{machine.CgroupDirectories(CgroupPath).First(d => File.Exists(d + "/cgroup.procs"))}/cgroup.procs").Select(InMachine));
        foreach (var line in Cgroups($"/proc/{State("pid")}/cgroup").Where(line => IsSystemds(line)))
        {
            Assert.EndsWith(":" + CgroupPath, line);
        }

        machine.Runtime(_bundle, "delete", "--force", _bundle.Id).Succeeded();
        Assert.DoesNotContain(Unit, machine.Units());
        Assert.Empty(machine.CgroupDirectories(CgroupPath));
    }

    [Fact]
    public void Run_in_the_foreground_leaves_nothing_either_and_has_a_slice_by_default()
    {
        _bundle.Write(_bundle.Shell("cat /proc/1/cgroup; exit 7").WithLinux(l => l with { CgroupsPath = null, Namespaces = [.. l.Namespaces!.Where(n => n.Type != "cgroup")] }));
        var run = machine.Runtime(_bundle, "run", "--bundle", _bundle.Path, _bundle.Id);
        Assert.Equal((7, ""), (run.ExitCode, run.Error));
        Assert.Contains($"/system.slice/devoxx-{_bundle.Id}.scope", run.Output);
        Assert.DoesNotContain(_bundle.Id, machine.Units());
        Assert.Empty(machine.CgroupDirectories($"/system.slice/devoxx-{_bundle.Id}.scope"));
    }

    [Fact]
    public void A_container_that_cannot_be_made_leaves_no_unit()
    {
        _bundle.Write(WithScope(_bundle.Spec("nope")));
        Assert.Contains("executable file not found", machine.Runtime(_bundle, "run", "--bundle", _bundle.Path, _bundle.Id).Error);
        _bundle.Write(WithScope(_bundle.Spec("true")).WithMount("/x", "/nothing/of/this/name", "bind"));
        Assert.Contains("/nothing/of/this/name", machine.Runtime(_bundle, "create", "--bundle", _bundle.Path, _bundle.Id).Error);
        Assert.DoesNotContain(Unit, machine.Units());
        Assert.Empty(machine.CgroupDirectories(CgroupPath));
    }

    [Fact]
    public void A_create_that_is_killed_half_way_is_cleaned_up_by_delete()
    {
        _bundle.Write(WithScope(_bundle.Spec("sleep", "1000")));
        foreach (var point in (string[])["create.scope.before", "create.cgroup-made", "create.launch.after", "create.state.before"])
        {
            Assert.NotEqual(0, machine.DetachedWith(_bundle, [$"DEVOXX_FAILPOINT={point}=kill"], "create", "--bundle", _bundle.Path, _bundle.Id).ExitCode);
            machine.Runtime(_bundle, "delete", "--force", _bundle.Id).Succeeded();
            Assert.DoesNotContain(Unit, machine.Units());
            Assert.Empty(machine.CgroupDirectories(CgroupPath));
        }
    }

    [Fact]
    public void Exec_joins_the_scope()
    {
        Start(_bundle.Spec("sleep", "1000").WithLinux(l => l with { Namespaces = [.. l.Namespaces!.Where(n => n.Type != "cgroup")] }));
        var exec = machine.Runtime(_bundle, "exec", _bundle.Id, "cat", "/proc/1/cgroup", "/proc/self/cgroup").Succeeded();
        Assert.Equal(exec.Lines.Take(exec.Lines.Count / 2), exec.Lines.Skip(exec.Lines.Count / 2));
    }

    [Fact]
    public void Update_tells_systemd_and_the_kernel()
    {
        Start(_bundle.Spec("sleep", "1000"), new LinuxResources { Memory = new MemoryResources { Limit = 64 << 20 } });
        machine.Runtime(_bundle, "update", "--memory", "128M", "--pids-limit", "33", _bundle.Id).Succeeded();
        Assert.Equal("134217728", machine.Show(Unit, IsUnified ? "MemoryMax" : "MemoryLimit"));
        Assert.Equal("33", machine.Show(Unit, "TasksMax"));
        Assert.Equal("134217728", CgroupFile("memory.limit_in_bytes", "memory.max"));
        Assert.Equal("33", CgroupFile("pids.max", "pids.max"));

        // One of the two keeps the other.
        machine.Runtime(_bundle, "update", "--cpu-quota", "50000", "--cpu-period", "200000", _bundle.Id).Succeeded();
        machine.Runtime(_bundle, "update", "--cpu-quota", "100000", _bundle.Id).Succeeded();
        Assert.Equal("500ms", machine.Show(Unit, "CPUQuotaPerSecUSec"));
        machine.Runtime(_bundle, "update", "--cpu-period", "400000", _bundle.Id).Succeeded();
        Assert.Equal("250ms", machine.Show(Unit, "CPUQuotaPerSecUSec"));
        Assert.Equal("400ms", machine.Show(Unit, "CPUQuotaPeriodUSec"));
        Assert.Equal(IsUnified ? "100000 400000" : "100000", CgroupFile("cpu.cfs_quota_us", "cpu.max"));
    }

    [Fact]
    public void A_container_that_systemd_has_seen_fail_is_remembered_until_it_is_deleted()
    {
        var annotations = new Dictionary<string, string> { ["org.systemd.property.RuntimeMaxUSec"] = "uint64 3000000", ["org.systemd.property.TimeoutStopUSec"] = "uint64 1" };
        _bundle.Write(WithScope(_bundle.Spec("sleep", "1000")) with { Annotations = annotations });
        machine.Detached(_bundle, "run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Eventually.True(() => machine.Show(Unit, "ActiveState") == "failed", "the scope has run out of its time");
        machine.Runtime(_bundle, "delete", "--force", _bundle.Id).Succeeded();
        Assert.DoesNotContain(Unit, machine.Units());
    }

    [Fact]
    public void A_reload_of_systemd_changes_no_limit()
    {
        Start(_bundle.Shell("while :; do sleep 1000; done"), new LinuxResources
        {
            Memory = new MemoryResources { Limit = 64 << 20 }, Pids = new PidsResources(20), Cpu = new CpuResources { Quota = 50_000 }, Devices = [new DeviceRule(false, Access: "rwm")],
        });
        string[] Read() => [CgroupFile("memory.limit_in_bytes", "memory.max"), CgroupFile("pids.max", "pids.max"), CgroupFile("cpu.cfs_quota_us", "cpu.max"), Devices()];
        var before = Read();
        machine.Run("systemctl", "daemon-reload").Succeeded();
        Assert.Equal(before, Read());
        machine.Run("systemctl", "set-property", "--runtime", Unit, "TasksMax=21").Succeeded();
        machine.Run("systemctl", "set-property", "--runtime", Unit, "TasksMax=20").Succeeded();
        Assert.Equal(before, Read());
        Assert.Equal(0, machine.Runtime(_bundle, "exec", _bundle.Id, "sh", "-c", "echo x >/dev/null").ExitCode);
        Assert.Contains("not permitted", machine.Runtime(_bundle, "exec", _bundle.Id, "sh", "-c", "mknod /tmp/kmsg c 1 11; head -c1 /tmp/kmsg 2>&1").Output);
    }

    [Fact]
    public void Annotations_are_properties()
    {
        var annotations = new Dictionary<string, string> { ["org.systemd.property.TimeoutStopSec"] = "17", ["org.systemd.property.Description"] = "'mine'" };
        _bundle.Write(WithScope(_bundle.Spec("sleep", "1000")) with { Annotations = annotations });
        machine.Detached(_bundle, "run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal("17s", machine.Show(Unit, "TimeoutStopUSec"));
        Assert.Equal("mine", machine.Show(Unit, "Description"));
    }

    [Fact]
    public void A_failed_unit_of_the_name_makes_way_and_one_that_runs_does_not()
    {
        machine.Run("systemd-run", "--quiet", "--scope", "--unit", Unit, "--property", "RuntimeMaxSec=1ms", "sleep", "1000");
        Eventually.True(() => machine.Show(Unit, "ActiveState") == "failed", "the unit has failed");
        Start(_bundle.Spec("sleep", "1000"));
        using var second = new Bundle();
        second.Write(WithScope(second.Spec("true")));
        var refused = machine.Runtime(second, "run", "--bundle", second.Path, second.Id);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("container's cgroup is not empty", refused.Error);
        Assert.Contains($"systemctl status {Unit}", refused.Error);
        Assert.Equal("running", State("status"));
    }

    [Fact]
    public void A_cgroup_that_somebody_has_frozen_is_refused_where_systemd_does_not_look()
    {
        var freezer = machine.CgroupDirectories("").SingleOrDefault(directory => File.Exists(directory + "/freezer.state"));
        Assert.SkipWhen(IsUnified || freezer is null, "this host has not both versions of the freezer");
        var frozen = Directory.CreateDirectory(freezer + CgroupPath).FullName;
        File.WriteAllText(frozen + "/freezer.state", "FROZEN");
        _bundle.Write(WithScope(_bundle.Spec("true")));
        Assert.Contains("unexpectedly frozen", machine.Runtime(_bundle, "run", "--bundle", _bundle.Path, _bundle.Id).Error);
        Assert.DoesNotContain(Unit, machine.Units());
    }

    [Fact]
    public void Systemd_may_stop_it()
    {
        Start(_bundle.Shell("trap 'exit 0' TERM; while :; do sleep 1; done"));
        machine.Run("systemctl", "stop", Unit).Succeeded();
        Assert.Equal("stopped", State("status"));
        machine.Runtime(_bundle, "delete", _bundle.Id).Succeeded();
        Assert.Empty(machine.CgroupDirectories(CgroupPath));
    }

    [Fact]
    public void Pauses_and_resumes()
    {
        Start(_bundle.Spec("sleep", "1000"));
        machine.Runtime(_bundle, "pause", _bundle.Id).Succeeded();
        Assert.Equal("paused", State("status"));
        machine.Runtime(_bundle, "resume", _bundle.Id).Succeeded();
        Assert.Equal("running", State("status"));
    }

    [Fact]
    [Trait("tools", "host")]
    public void Podman_has_its_cgroups_made_by_systemd()
    {
        // Short: podman takes no run root of more than 50 characters.
        var home = Directory.CreateTempSubdirectory("dvx-").FullName;
        string[] podman =
        [
            "podman", "--root", home + "/storage", "--runroot", home + "/run", "--tmpdir", home + "/tmp", "--cgroup-manager", "systemd", "--events-backend", "none", "--runtime", Published.Executable,
        ];
        string[] run = ["run", "--detach", "--name", "one", "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--memory", "64m"];
        try
        {
            Command.Run("cp", "-a", Published.Rootfs, home + "/rootfs").Succeeded();
            var id = machine.Run([.. podman, .. run, "--rootfs", home + "/rootfs", "sleep", "1000"]).Succeeded().Output.Trim();
            Assert.Equal("active", machine.Show($"libpod-{id}.scope", "ActiveState"));
            Assert.Equal("machine.slice", machine.Show($"libpod-{id}.scope", "Slice"));
            Assert.Equal(7, machine.Run([.. podman, "exec", "one", "sh", "-c", "exit 7"]).ExitCode);
            machine.Run([.. podman, "rm", "--force", "--time", "0", "one"]).Succeeded();
            Assert.DoesNotContain($"libpod-{id}.scope", machine.Units());
            Assert.Empty(machine.CgroupDirectories($"/machine.slice/libpod-{id}.scope"));
        }
        finally
        {
            machine.Run([.. podman, "rm", "--all", "--force", "--time", "0"]);
            Command.Run("rm", "-rf", "--one-file-system", home).Succeeded();
        }
    }

    [Fact]
    public void Where_no_systemd_runs_it_says_what_to_do()
    {
        _bundle.Write(WithScope(_bundle.Spec("true")));
        var run = Command.Run("unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /run && exec \"$@\"", "sh",
            Published.Executable, "--root", _bundle.Root, "--systemd-cgroup", "run", "--bundle", _bundle.Path, _bundle.Id);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("open /run/systemd/private: ENOENT", run.Error);
        Assert.Contains("leave --systemd-cgroup out", run.Error);
    }

    public void Dispose()
    {
        machine.Runtime(_bundle, "delete", "--force", _bundle.Id);
        _bundle.Dispose();
    }

    private RuntimeSpec WithScope(RuntimeSpec spec, LinuxResources? resources = null) => spec.WithLinux(l => l with { CgroupsPath = $"dvxa-b.slice:dvx:{_bundle.Id}", Resources = resources });

    private void Start(RuntimeSpec spec, LinuxResources? resources = null)
    {
        _bundle.Write(WithScope(spec, resources));
        machine.Detached(_bundle, "run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
    }

    private string State(string field) =>
        JsonDocument.Parse(machine.Runtime(_bundle, "state", _bundle.Id).Succeeded().Output).RootElement.GetProperty(field).ToString();

    private IReadOnlyList<string> Cgroups(string file) => machine.Run("cat", file).Succeeded().Lines;

    /// <summary>Whether a line of /proc/PID/cgroup is of a hierarchy that systemd has put the scope into.</summary>
    private bool IsSystemds(string line) => line.StartsWith("0::", StringComparison.Ordinal) || line.Contains("name=systemd") || line.Contains(":memory:") || line.Contains(":pids:");

    /// <summary>A process of the host by its number in the machine.</summary>
    private static string InMachine(string pid) => File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("NSpid:", StringComparison.Ordinal)).Split('\t')[2];

    private string CgroupFile(string v1, string v2) =>
        File.ReadAllText(machine.CgroupDirectories(CgroupPath).SelectMany(directory => new[] { $"{directory}/{v1}", $"{directory}/{v2}" }).First(File.Exists)).Trim();

    private string Devices() => machine.CgroupDirectories(CgroupPath).Select(directory => directory + "/devices.list").FirstOrDefault(File.Exists) is { } list
        ? string.Join('\n', File.ReadAllLines(list).Order()) : "";
}
