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
