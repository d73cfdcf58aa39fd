using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>Debian's podman on this runtime; as root. With hard limits that a root without CAP_SYS_RESOURCE can have, and without a network.</summary>
[Trait("tools", "host")]
public sealed class PodmanTests : IDisposable
{
    private static readonly string[] Container = ["--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];

    // Short: podman takes no run root of more than 50 characters.
    private readonly string _home = Directory.CreateTempSubdirectory("dvx-").FullName;
    private readonly string _rootfs;

    public PodmanTests()
    {
        _rootfs = _home + "/rootfs";
        Command.Run("cp", "-a", Published.Rootfs, _rootfs).Succeeded();
    }

    private string[] Globals =>
    [
        "--root", _home + "/storage", "--runroot", _home + "/run", "--tmpdir", _home + "/tmp", "--cgroup-manager", "cgroupfs", "--events-backend", "none",
        "--runtime", Published.Executable,
    ];

    [Fact]
    public void Run_passes_output_and_exit_code()
    {
        var run = Run(["--rm"], "sh", "-c", "echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n", "err\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public void Run_with_a_terminal()
    {
        var command = string.Join(' ', ["podman", .. Globals, "run", "--rm", "--tty", .. Container, "--rootfs", _rootfs, "sh", "-c", "'tty; exit 3'"]);
        var (code, output) = Terminal.Run(command);
        Assert.Equal(3, code);
        Assert.Contains("/dev/pts/0", output);
    }

    [Fact]
    public void Detached_exec_pause_stop_rm()
    {
        Run(["--detach", "--name", "one"], "sh", "-c", "trap 'exit 5' TERM; touch /tmp/ready; while :; do sleep 0.1; done").Succeeded();
        Eventually.True(() => Podman("exec", "one", "test", "-e", "/tmp/ready").ExitCode == 0, "the trap is set");
        var exec = Podman("exec", "--env", "A=b", "--workdir", "/tmp", "one", "sh", "-c", "echo $A $PWD; exit 9");
        Assert.Equal((9, "b /tmp\n"), (exec.ExitCode, exec.Output));
        Podman("exec", "--detach", "one", "touch", "/tmp/detached").Succeeded();
        Eventually.True(() => Podman("exec", "one", "test", "-e", "/tmp/detached").ExitCode == 0, "the detached command ran");
        Podman("pause", "one").Succeeded();
        Assert.Equal("paused\n", Podman("inspect", "--format", "{{.State.Status}}", "one").Output);
        Podman("unpause", "one").Succeeded();
        Podman("stop", "--time", "20", "one").Succeeded();
        Assert.Equal("exited 5\n", Podman("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "one").Output);
        Podman("rm", "one").Succeeded();
        Assert.Equal("", Podman("ps", "--all", "--quiet").Succeeded().Output);
    }

    [Fact]
    public void Exec_with_a_terminal()
    {
        Run(["--detach", "--name", "two"], "sleep", "1000").Succeeded();
        var (code, output) = Terminal.Run(string.Join(' ', ["podman", .. Globals, "exec", "--tty", "two", "tty"]));
        Assert.Equal(0, code);
        Assert.Contains("/dev/pts/", output);
        Podman("rm", "--force", "--time", "0", "two").Succeeded();
    }

    [Fact]
    public void Limits_users_and_a_read_only_root()
    {
        var run = Run(
            ["--rm", "--memory", "64m", "--pids-limit", "50", "--user", "1000:1000", "--read-only", "--tmpfs", "/scratch:mode=1777", "--cap-drop", "all"],
            "sh", "-c", "id -u; touch /x; touch /scratch/y && echo written; grep CapEff: /proc/self/status; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null");
        Assert.Equal(["1000", "written", "CapEff:\t0000000000000000", "50"], run.Lines);
        Assert.Contains("Read-only file system", run.Error);
    }

    [Fact]
    public void User_namespace()
    {
        Command.Run("chown", "200000:200000", _rootfs, _rootfs + "/etc").Succeeded();
        Assert.Equal(["0 200000 65536"], Run(["--rm", "--uidmap", "0:200000:65536"], "sh", "-c", "echo $(cat /proc/self/uid_map)").Succeeded().Lines);
    }

    public void Dispose()
    {
        Podman("rm", "--all", "--force", "--time", "0");
        Command.Run("rm", "-rf", "--one-file-system", _home).Succeeded();
    }

    private Command Run(string[] options, params string[] command) => Podman(["run", .. options, .. Container, "--rootfs", _rootfs, .. command]);

    private Command Podman(params string[] arguments) => Command.Run("podman", [.. Globals, .. arguments]);
}
