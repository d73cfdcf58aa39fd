using Devoxx.Native.Processes;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Tests.Runtimes;

public sealed class HelperGuardTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Kills_a_process_that_has_been_stopped_and_says_so()
    {
        using var process = Spawn.Start("/bin/sleep", ["sleep", "1000000"], []);
        using var guard = Guard(process, CancellationToken.None);
        process.PidFd.SendSignal(Signal.Parse("SIGSTOP"));

        Assert.Equal(Signal.Kill, await EndedBy(process));
        Assert.True(guard.FoundStopped);
    }

    [Fact]
    public async Task Kills_a_process_that_nobody_wants_any_more()
    {
        using var process = Spawn.Start("/bin/sleep", ["sleep", "1000000"], []);
        using var abandoned = new CancellationTokenSource();
        using var guard = Guard(process, abandoned.Token);
        await abandoned.CancelAsync();

        Assert.Equal(Signal.Kill, await EndedBy(process));
        Assert.False(guard.FoundStopped || guard.FoundLate);
    }

    [Fact]
    public async Task Leaves_one_alone_that_only_takes_its_time()
    {
        using var process = Spawn.Start("/bin/sleep", ["sleep", "0.3"], []);
        using var guard = Guard(process, CancellationToken.None);

        Assert.Null(await EndedBy(process));
        Assert.False(guard.FoundStopped || guard.FoundLate);
    }

    [Fact]
    public async Task Kills_a_process_that_has_had_its_time()
    {
        using var process = Spawn.Start("/bin/sleep", ["sleep", "1000000"], []);
        using var guard = Guard(process, CancellationToken.None, most: Often * 3);

        Assert.Equal(Signal.Kill, await EndedBy(process));
        Assert.True(guard.FoundLate);
    }

    private static HelperGuard Guard(SpawnedProcess process, CancellationToken abandoned, TimeSpan? most = null) =>
        new(process.Pid, () => process.PidFd.SendSignal(Signal.Kill), most, abandoned, Often);

    private static async Task<int?> EndedBy(SpawnedProcess process)
    {
        using var reactor = new Reactor();
        await reactor.WhenReadable(process.PidFd).WaitAsync(Patience);
        return process.PidFd.TryReap()!.Value.Signal;
    }
}
