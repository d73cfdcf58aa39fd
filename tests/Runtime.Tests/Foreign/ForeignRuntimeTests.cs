using System.Text;
using Devoxx.Oci;
using Devoxx.Runtime.Foreign;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Tests.Foreign;

/// <summary>What is said to another runtime, and understood of its answers.</summary>
public sealed class ForeignRuntimeTests
{
    private static readonly ForeignRuntime Runc = new("/usr/sbin/runc", "/run/x/runc"), Crun = new("/opt/bin/crun", "/run/x/crun");

    [Fact]
    public void Calls_each_by_its_own_name_with_its_own_state()
    {
        Assert.Equal(["runc", "--root", "/run/x/runc", "--log", "/l", "--log-format", "json", "start", "a"], Runc.Command("/l", "start", "a"));
        Assert.Equal(["crun", "--root", "/run/x/crun", "--cgroup-manager=disabled", "delete", "--force", "a"], Crun.Command(null, "delete", "--force", "a"));
    }

    [Fact]
    public void Mounts_the_root_where_only_the_runtime_sees_it_and_starts_in_the_cgroup_a_runtime_that_leaves_cgroups_alone()
    {
        var overlay = new Mount { Destination = "/", Type = "overlay", Source = "overlay", Options = ["lowerdir=/l", "upperdir=/u", "workdir=/w"] };
        using var operations = ForeignProgram.Build(
            Crun, ["crun"], new ChildDescriptors { Errors = 9, CgroupTasks = [11], Stdout = 12 }, new ForeignRoot("/b/oci/rootfs", overlay, ShowsUnifiedCgroups: true));

        Assert.Equal(
            [
                "write 0 to cgroup tasks (fd 11)", "mount / (MS_REC|MS_SLAVE)", "mount overlay on /b/oci/rootfs (lowerdir=/l,upperdir=/u,workdir=/w)",
                "mount cgroup2 on /sys/fs/cgroup", "dup3 fd 12 to 1", "close_range (CLOSE_RANGE_CLOEXEC)", "rt_sigaction", "execve /opt/bin/crun",
            ],
            operations.Lines());
    }

    [Fact]
    public void Finds_the_last_error_of_a_log_whatever_else_is_in_it()
    {
        var log = Encoding.UTF8.GetBytes("""
            {"level":"warning","msg":"cgroup is not empty","time":"t"}
            {"level":"error","msg":"first","time":"t"}
            { "msg" : "runc create failed: no", "level":"error" }
            no json
            {"level":"er
            """);

        Assert.Equal("runc create failed: no", ForeignLog.LastError(log));
        Assert.Null(ForeignLog.LastError("plain text\n"u8));
    }

    [Theory]
    [InlineData("""runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH""", FailureKind.ExecNotFound)]
    [InlineData("""exec failed: unable to start container process: exec: "/nope": stat /nope: no such file or directory""", FailureKind.ExecNotFound)]
    [InlineData("executable file `nope` not found in $PATH: No such file or directory", FailureKind.ExecNotFound)]
    [InlineData("""runc create failed: unable to start container process: exec: "/etc/passwd": permission denied""", FailureKind.ExecNotExecutable)]
    [InlineData("open executable: Permission denied", FailureKind.ExecNotExecutable)]
    [InlineData("unable to apply cgroup configuration: mkdir /sys/fs/cgroup/x: permission denied", FailureKind.Setup)]
    public void Tells_a_command_that_is_not_there_from_a_container_that_cannot_be_made(string message, string kind) =>
        Assert.Equal(kind, ForeignLog.KindOf(message));

    [Fact]
    public void Writes_a_process_as_it_would_read_it()
    {
        var process = new Process
        {
            Terminal = true, ConsoleSize = new ConsoleSize(24, 80), User = new User { Uid = 5, Gid = 6, Umask = 18, AdditionalGids = [7, 8] },
            Args = ["sh", "-c", "echo \"ä\""], Env = ["A=b"], Cwd = "/tmp", NoNewPrivileges = true, OomScoreAdj = -5, ApparmorProfile = "p", SelinuxLabel = "l",
            Capabilities = new LinuxCapabilities { Bounding = ["CAP_CHOWN"], Effective = ["CAP_CHOWN"], Permitted = [], Inheritable = [], Ambient = [] },
            Rlimits = [new Rlimit("RLIMIT_NOFILE", 64, ulong.MaxValue)],
        };

        var read = RuntimeSpecReader.ReadProcess(ProcessJson.Write(process));

        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(process), System.Text.Json.JsonSerializer.Serialize(read));
    }
}
