using System.Net.Sockets;
using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>System call filters; as root, and with libseccomp.</summary>
public sealed class SeccompTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_filtered_call_fails_with_the_errno_asked_for(bool noNewPrivileges)
    {
        using var bundle = new Bundle();
        var spec = Filtered(bundle.Shell("mkdir /x 2>&1; mkdir /y; echo; sethostname 2>/dev/null; grep Seccomp: /proc/self/status"), new SeccompSyscall { Names = ["mkdir", "mkdirat"], Action = "SCMP_ACT_ERRNO", ErrnoRet = 28 })
            .WithProcess(p => p with { NoNewPrivileges = noNewPrivileges });
        var output = bundle.Output(spec);
        Assert.Contains("No space left on device", output[0]);
        Assert.Equal("Seccomp:\t2", output[^1]);
    }

    [Theory]
    [InlineData("SCMP_ACT_ERRNO", "38 1")]
    [InlineData("SCMP_ACT_ALLOW", "38 22")]
    public void A_call_that_is_newer_than_the_profile_does_not_exist(string defaultAction, string errors)
    {
        // sysfs(2), 139, with arguments that are wrong (EINVAL): older than the newest that the profile names, and not among them.
        using var bundle = new Bundle();
        var spec = bundle.Spec("perl", "-e", "syscall(1000); print $!+0; syscall(139, 99); print ' ', $!+0")
            .WithMount("/usr", "/usr", "rbind", "ro").WithMount("/lib", "/lib", "rbind", "ro").WithMount("/lib64", "/lib64", "rbind", "ro");
        string[] names = ["read", "write", "openat", "close", "fstat", "newfstatat", "lseek", "mmap", "mprotect", "munmap", "brk", "rt_sigaction", "rt_sigprocmask", "ioctl", "pread64",
            "access", "execve", "exit_group", "fcntl", "getrandom", "prlimit64", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "futex", "getuid", "geteuid", "getgid",
            "getegid", "getpid", "readlink", "sysinfo", "uname", "getcwd", "dup", "clock_gettime", "stat", "close_range", "openat2", "faccessat2"];
        var seccomp = new Seccomp { DefaultAction = defaultAction, Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], Syscalls = [new SeccompSyscall { Names = names, Action = "SCMP_ACT_ALLOW" }] };
        Assert.Equal([errors], bundle.Output(spec.WithLinux(l => l with { Seccomp = seccomp }).WithProcess(p => p with { NoNewPrivileges = true })));
    }

    [Fact]
    public void A_start_hook_runs_under_the_filter_of_the_container()
    {
        using var bundle = new Bundle();
        var spec = Filtered(bundle.Spec("true"), new SeccompSyscall { Names = ["mkdir", "mkdirat"], Action = "SCMP_ACT_KILL_PROCESS" }).WithProcess(p => p with { NoNewPrivileges = true });
        bundle.Write(spec with { Hooks = new Hooks { StartContainer = [new Hook("/bin/mkdir") { Args = ["mkdir", "/tmp/x"] }] } });
        var run = bundle.Runtime("run", "--bundle", bundle.Path, bundle.Id);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("error running startContainer hook #0: /bin/mkdir: it was ended by SIGSYS, bad system call", run.Error);
    }

    [Fact]
    public void An_argument_decides()
    {
        using var bundle = new Bundle();
        var spec = Filtered(
            bundle.Shell("kill -0 $$ && echo zero; kill -18 $$ 2>/dev/null || echo refused"),
            new SeccompSyscall { Names = ["kill"], Action = "SCMP_ACT_ERRNO", Args = [new SeccompArgument(1, 18, "SCMP_CMP_EQ")] });
        Assert.Equal(["zero", "refused"], bundle.Output(spec));
    }

    [Fact]
    public void A_call_that_kills_is_a_signal()
    {
        using var bundle = new Bundle();
        var exit = bundle.Start(Filtered(bundle.Shell("exec mkdir /x"), new SeccompSyscall { Names = ["mkdir"], Action = "SCMP_ACT_KILL_PROCESS" })).Exit();
        Assert.Equal((159, 31), (exit.ExitCode, exit.Signal!.Value));
    }

    [Fact]
    public void Who_joins_is_filtered_too()
    {
        using var bundle = new Bundle();
        bundle.Start(Filtered(bundle.Spec("sleep", "1000"), new SeccompSyscall { Names = ["mkdir"], Action = "SCMP_ACT_ERRNO" }));
        Assert.Contains("Operation not permitted", bundle.Exec(bundle.Id, "mkdir", "/x").Error);
    }

    [Fact]
    public void Names_that_no_kernel_knows_are_left_out_and_actions_are_not()
    {
        using var bundle = new Bundle();
        bundle.Output(Filtered(bundle.Spec("true"), new SeccompSyscall { Names = ["no_such_call", "mkdir"], Action = "SCMP_ACT_ERRNO" }));
        Assert.Contains("action 'SCMP_ACT_NONE'", bundle.Refusal(Filtered(bundle.Spec("true"), new SeccompSyscall { Names = ["mkdir"], Action = "SCMP_ACT_NONE" })));
        Assert.Contains("needs a listenerPath", bundle.Refusal(Filtered(bundle.Spec("true"), new SeccompSyscall { Names = ["mkdir"], Action = "SCMP_ACT_NOTIFY" })));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_listens_gets_the_descriptor_and_the_state(bool noNewPrivileges)
    {
        using var bundle = new Bundle();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = bundle.Path + "/s";
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        var spec = Filtered(bundle.Spec("sleep", "1000"), new SeccompSyscall { Names = ["mkdir"], Action = "SCMP_ACT_NOTIFY" })
            .WithProcess(p => p with { NoNewPrivileges = noNewPrivileges })
            .WithLinux(l => l with { Seccomp = l.Seccomp! with { ListenerPath = path, ListenerMetadata = "mine" } });
        bundle.Write(spec);
        bundle.Detached("create", "--bundle", bundle.Path, bundle.Id).Succeeded();
        using var connection = socket.Accept();
        var message = new byte[4096];
        var state = JsonDocument.Parse(message.AsMemory(0, connection.Receive(message))).RootElement;
        Assert.Equal("seccompFd", state.GetProperty("fds")[0].GetString());
        Assert.Equal("mine", state.GetProperty("metadata").GetString());
        Assert.Equal(bundle.Id, state.GetProperty("state").GetProperty("id").GetString());
        Assert.Equal("Seccomp:\t2", File.ReadAllLines($"/proc/{state.GetProperty("pid").GetInt32()}/status").Single(line => line.StartsWith("Seccomp:")));
    }

    private static RuntimeSpec Filtered(RuntimeSpec spec, SeccompSyscall rule) =>
        spec.WithLinux(l => l with
        {
            Seccomp = new Seccomp { DefaultAction = "SCMP_ACT_ALLOW", Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], Syscalls = [rule] },
        });
}
