using System.Diagnostics;
using System.IO.Pipes;
using Devoxx.Native.Processes;

namespace Devoxx.Native.Tests.Processes;

public sealed class ProcessTests
{
    [Fact]
    public void Start_time_is_found_behind_a_name_with_spaces_and_parentheses()
    {
        var stat = ProcessStat.Parse("77 (a) R 1 b) S 5 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 1 2 3\n"u8);
        Assert.Equal(new ProcessStat('S', 5, 4242, 77), stat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("77 (a)")]
    [InlineData("77 (a) S 5 6")]
    public void A_line_cut_short_is_no_stat(string line) => Assert.Null(ProcessStat.Parse(System.Text.Encoding.ASCII.GetBytes(line)));

    [Fact]
    public async Task Exit_code_comes_through_the_pidfd()
    {
        using var reactor = new Reactor();
        using var process = Spawn.Start("/bin/sh", ["sh", "-c", "exit 7"], []);
        await reactor.WhenReadable(process.PidFd);
        var status = process.PidFd.TryReap();
        Assert.Equal(7, status!.Value.ExitCode);
        Assert.Null(status.Value.Signal);
        Assert.False(process.PidFd.SendSignal(0));
    }

    [Fact]
    public void A_killed_process_reports_its_signal_and_is_no_longer_alive()
    {
        using var process = Spawn.Start("/bin/sleep", ["sleep", "1000"], []);
        var identity = ProcessIdentity.Of(process.Pid)!;
        Assert.Null(process.PidFd.TryReap());
        using (var again = identity.OpenIfAlive())
        {
            Assert.True(again!.SendSignal(Signal.Kill));
        }

        var status = process.PidFd.Reap();
        Assert.Equal((137, 9), (status.ExitCode, status.Signal!.Value));
        Assert.Null(identity.OpenIfAlive());
    }

    [Fact]
    public async Task A_zombie_is_not_alive()
    {
        using var reactor = new Reactor();
        using var process = Spawn.Start("/bin/true", ["true"], []);
        await reactor.WhenReadable(process.PidFd);
        Assert.False(ProcessStat.Of(process.Pid)!.Value.IsAlive);
        Assert.Null(ProcessIdentity.Of(process.Pid)!.OpenIfAlive());
        process.PidFd.Reap();
    }

    [Fact]
    public void Another_start_time_or_another_boot_is_another_process()
    {
        var own = ProcessIdentity.Of(Environment.ProcessId)!;
        using (var open = own.OpenIfAlive())
        {
            Assert.NotNull(open);
        }

        Assert.Null((own with { StartTime = own.StartTime + 1 }).OpenIfAlive());
        Assert.Null((own with { BootId = "another" }).OpenIfAlive());
    }

    [Fact]
    public void A_spawned_process_has_the_descriptors_named_and_no_other()
    {
        using var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        using var extra = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        using var process = Spawn.Start(
            "/bin/sh",
            ["sh", "-c", "ls /proc/self/fd; readlink /proc/self/fd/0; cat /proc/self/sessionid >/dev/null; echo $X; ps -o sid= -p $$ >&5"],
            ["X=y z", "PATH=/bin:/usr/bin"],
            stdout: output.ClientSafePipeHandle,
            extra: [(extra.ClientSafePipeHandle, 5)],
            newSession: true);
        output.DisposeLocalCopyOfClientHandle();
        extra.DisposeLocalCopyOfClientHandle();
        Assert.Equal("0\n1\n2\n3\n5\n/dev/null\ny z\n", new StreamReader(output).ReadToEnd());
        Assert.Equal(process.Pid.ToString(), new StreamReader(extra).ReadToEnd().Trim());
        Assert.Equal(0, process.PidFd.Reap().ExitCode);
    }

    [Fact]
    public void Targets_may_be_numbers_of_sources()
    {
        using var a = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        using var b = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var (x, y) = ((int)a.ClientSafePipeHandle.DangerousGetHandle(), (int)b.ClientSafePipeHandle.DangerousGetHandle());
        using var process = Spawn.Start(
            "/bin/sh",
            ["sh", "-c", $"echo x >/proc/self/fd/{y}; echo y >/proc/self/fd/{x}"],
            [],
            extra: [(a.ClientSafePipeHandle, y), (b.ClientSafePipeHandle, x)]);
        a.DisposeLocalCopyOfClientHandle();
        b.DisposeLocalCopyOfClientHandle();
        Assert.Equal("x\n", new StreamReader(a).ReadToEnd());
        Assert.Equal("y\n", new StreamReader(b).ReadToEnd());
        process.PidFd.Reap();
    }

    [Fact]
    public void A_missing_program_is_named()
    {
        var e = Assert.Throws<LinuxException>(() => Spawn.Start("/no/such/program", ["x"], []));
        Assert.Equal("posix_spawn /no/such/program: ENOENT, no such file or directory", e.Message);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_descriptor_free_for_another()
    {
        using var reactor = new Reactor();
        using var process = Spawn.Start("/bin/sleep", ["sleep", "1000"], []);
        using (var source = new CancellationTokenSource())
        {
            var wait = reactor.WhenReadable(process.PidFd, source.Token);
            Assert.False(wait.IsCompleted);
            source.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        }

        var second = reactor.WhenReadable(process.PidFd);
        Assert.Throws<InvalidOperationException>(() => { _ = reactor.WhenReadable(process.PidFd); });
        process.PidFd.SendSignal(Signal.Kill);
        await second;
        process.PidFd.Reap();
    }

    [Fact]
    public void Boot_id_is_the_kernels() =>
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), BootId.Current);
}
