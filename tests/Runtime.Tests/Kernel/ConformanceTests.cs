using System.Globalization;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>What the public conformance suites of the field have found (docs/runtime.md, "Conformance"); as root.</summary>
public sealed class ConformanceTests : IDisposable
{
    private readonly Bundle _bundle = new();

    [Fact]
    public void The_null_device_of_the_host_is_not_given_to_the_user_of_a_detached_process()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        _bundle.Detached("exec", "--detach", "--user", "1732:1733", _bundle.Id, "true").Succeeded();
        Assert.NotEqual("1732", Command.Run("/usr/bin/stat", "-c", "%u", "/dev/null").Output.Trim());
    }

    [Fact]
    public void A_created_container_holds_no_descriptor_of_the_host()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        var held = Directory.GetFileSystemEntries($"/proc/{_bundle.Pid}/fd").Select(fd => File.ResolveLinkTarget(fd, false)?.FullName ?? "").ToList();
        Assert.DoesNotContain(held, target => target.Contains("/sys/fs/cgroup", StringComparison.Ordinal));
        Assert.DoesNotContain("/dev/urandom", held);
    }

    [Fact]
    public void A_process_without_capabilities_has_none_and_unknown_ones_are_warned_about()
    {
        const string Script = "grep -E 'Cap(Prm|Eff|Bnd)' /proc/self/status";
        _bundle.Write(_bundle.Shell(Script).WithProcess(p => p with { Capabilities = null }));
        Assert.All(_bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Lines, line => Assert.EndsWith("0000000000000000", line));
        _bundle.Write(_bundle.Shell(Script).WithProcess(p => p with { Capabilities = new LinuxCapabilities { Bounding = ["CAP_KILL", "CAP_OF_TOMORROW"], Permitted = ["CAP_KILL"], Effective = ["CAP_KILL"] } }));
        var run = _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.All(run.Lines, line => Assert.EndsWith("0000000000000020", line));
        Assert.Equal("devoxx-runtime: warning: ignoring unknown or unavailable capabilities: CAP_OF_TOMORROW\n", run.Error);
    }

    [Fact]
    public void Killing_ends_everything_of_a_container_without_a_pid_namespace()
    {
        _bundle.Write(_bundle.Shell("sleep 1000 & sleep 1000").WithLinux(l => l with { Namespaces = [.. l.Namespaces!.Where(n => n.Type != "pid")] }));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Eventually.True(() => Processes().Length >= 2, "both run");
        _bundle.Runtime("kill", _bundle.Id, "KILL").Succeeded();
        Eventually.True(() => Processes().Length == 0, "all have ended");
        _bundle.Runtime("delete", _bundle.Id).Succeeded();
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Fact]
    public void Another_container_does_not_share_a_cgroup_that_is_in_use()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        var other = _bundle.Runtime("create", "--bundle", _bundle.Path, _bundle.Id + "-2");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("container's cgroup is not empty", other.Error);
    }

    [Fact]
    public void A_process_joins_a_cgroup_below_the_container_s_when_asked_to()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        foreach (var directory in _bundle.CgroupDirectories())
        {
            Directory.CreateDirectory(directory + "/below");
        }

        var joined = _bundle.Runtime("exec", "--cgroup", "below", _bundle.Id, "grep", "-c", "/below$", "/proc/self/cgroup").Succeeded();
        Assert.Equal(_bundle.CgroupDirectories().Count().ToString(CultureInfo.InvariantCulture), joined.Lines[0]);
        Assert.Contains("bad sub cgroup path", Refused("exec", "--cgroup", "..", _bundle.Id, "true"));
        Assert.Contains("unknown controller", Refused("exec", "--cgroup", "whatever:/", _bundle.Id, "true"));
        Assert.Contains("o such file or directory", Refused("exec", "--cgroup", "nowhere", _bundle.Id, "true"));
    }

    [Fact]
    public void Start_says_which_hook_failed_and_run_removes_what_is_left()
    {
        var hooks = new Hooks { StartContainer = [new Hook("/bin/true"), new Hook("/bin/false")] };
        _bundle.Write(_bundle.Spec("true") with { Hooks = hooks });
        Assert.Contains("error running startContainer hook #1: /bin/false: exit status 1", Refused("run", "--bundle", _bundle.Path, _bundle.Id));
        Assert.Empty(_bundle.CgroupDirectories());
        Assert.Empty(Directory.GetFileSystemEntries(_bundle.Root));
    }

    [Fact]
    public void A_filter_need_not_allow_what_the_runtime_calls()
    {
        var seccomp = new Seccomp
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls = [new SeccompSyscall { Names = ["close_range", "access", "faccessat", "openat2", "statx", "mount_setattr", "getcwd"], Action = "SCMP_ACT_ERRNO" }],
        };
        _bundle.Write(_bundle.Shell("echo ran").WithLinux(l => l with { Seccomp = seccomp }).WithProcess(p => p with { NoNewPrivileges = false }));
        Assert.Equal("ran\n", _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Output);
    }

    [Fact]
    public void A_script_whose_interpreter_is_missing_is_complained_about_where_the_container_writes()
    {
        Directory.CreateDirectory(_bundle.Upper + "/bin");
        File.WriteAllText(_bundle.Upper + "/bin/script", "#!/nowhere\n");
        File.SetUnixFileMode(_bundle.Upper + "/bin/script", (UnixFileMode)0b111_101_101);
        _bundle.Write(_bundle.Spec("/bin/script"));
        var run = _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id);
        Assert.Equal((127, "exec /bin/script: no such file or directory\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void A_tmpfs_is_as_open_as_the_directory_that_it_hides()
    {
        Directory.CreateDirectory(_bundle.Upper + "/opened", (UnixFileMode)0b111_001_000);
        var spec = _bundle.Shell("stat -c %a /opened /made/by/us /told; grep -c ' /opened tmpfs .*mode=710' /proc/mounts");
        spec = spec with
        {
            Mounts = [.. spec.Mounts!, Tmpfs("/opened"), Tmpfs("/made/by/us"), Tmpfs("/told", "mode=1500")],
        };
        Assert.Equal(["710", "1777", "1500", "1"], _bundle.Output(spec));
    }

    [Fact]
    public void Without_pivot_root_the_container_is_as_closed()
    {
        _bundle.Write(_bundle.Shell("ls /; cat /proc/1/comm; touch /tmp/x && echo written"));
        var pivoted = _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Output;
        Assert.Equal(pivoted, _bundle.Runtime("run", "--no-pivot", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Output);
    }

    [Fact]
    public void What_cannot_be_honoured_is_refused()
    {
        Assert.Contains("ociVersion 'invalid'", _bundle.Refusal(_bundle.Spec("true") with { OciVersion = "invalid" }));
        Assert.Contains("invalid memory policy mode 'MPOL_X'", _bundle.Refusal(_bundle.Spec("true").WithLinux(l => l with { MemoryPolicy = new MemoryPolicy("MPOL_X") })));
        Assert.Contains("kernel.domainname", _bundle.Refusal((_bundle.Spec("true") with { Domainname = "a" }).WithLinux(l => l with { Sysctl = new Dictionary<string, string> { ["kernel.domainname"] = "b" } })));
        Assert.Contains("need a user namespace", _bundle.Refusal(_bundle.Spec("true").WithLinux(l => l with { UidMappings = [new IdMapping { HostId = 1000, Size = 1 }] })));
        Assert.Contains("needs a new time namespace", _bundle.Refusal(_bundle.Spec("true").WithLinux(l => l with { TimeOffsets = new Dictionary<string, TimeOffset> { ["boottime"] = new(1) } })));
        Assert.Contains("RLIMIT_CORE twice", _bundle.Refusal(_bundle.Spec("true").WithProcess(p => p with { Rlimits = [new Rlimit("RLIMIT_CORE", 0, 0), new Rlimit("RLIMIT_CORE", 0, 0)] })));
        Assert.Contains("--cap: 'CAP_X'", Refused("exec", "--cap", "CAP_X", _bundle.Id, "true"));
        Assert.Contains("invalid log-format", Refused("--log-format", "xml", "list"));
        Assert.Contains("there is no directory", Command.Run(Published.Executable, "--root", _bundle.Path + "/nowhere", "list").Error);
    }

    [Fact]
    public void A_read_only_dev_has_a_console()
    {
        var spec = _bundle.Shell("stat -c %t /dev/console; touch /dev/x 2>&1 | grep -o 'Read-only'").WithProcess(p => p with { Terminal = true });
        _bundle.Write(spec with { Mounts = [.. spec.Mounts!.Select(m => m.Destination == "/dev" ? m with { Options = [.. m.Options!, "ro"] } : m)] });
        Assert.Equal("88\nRead-only\n", _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Output);
    }

    [Fact]
    public void A_terminal_that_goes_into_a_pipe_ends_lines_plainly()
    {
        _bundle.Write(_bundle.Shell("tty; echo two").WithProcess(p => p with { Terminal = true }));
        Assert.Equal("/dev/pts/0\ntwo\n", _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Output);
    }

    public void Dispose() => _bundle.Dispose();

    private static Mount Tmpfs(string destination, params string[] options) => new() { Destination = destination, Type = "tmpfs", Source = "tmpfs", Options = options };

    private string Refused(params string[] arguments)
    {
        var run = _bundle.Runtime(arguments);
        Assert.NotEqual(0, run.ExitCode);
        return run.Error;
    }

    private string[] Processes() => File.ReadAllLines(_bundle.CgroupDirectories().First() + "/cgroup.procs");
}
