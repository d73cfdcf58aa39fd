using Devoxx.Native.Processes;

namespace Devoxx.Native.Tests.Processes;

public sealed class ProcessTreeTests
{
    [Fact]
    public void Has_children_orphans_of_the_session_and_children_with_sessions_of_their_own()
    {
        var stats = new Dictionary<int, ProcessStat>
        {
            [1] = new('S', 0, 1, 1),
            [10] = new('S', 1, 1, 10),
            [11] = new('S', 10, 1, 10),
            [12] = new('S', 1, 1, 10),
            [13] = new('S', 11, 1, 13),
            [14] = new('S', 13, 1, 13),
            [15] = new('Z', 10, 1, 10),
            [20] = new('S', 1, 1, 20),
        };

        Assert.Equal([10, 11, 12, 13, 14], ProcessTree.Members(10, stats).Order());
    }

    [Fact]
    public void Is_killed_with_what_runs_in_the_background()
    {
        using var shell = Spawn.Start("/bin/sh", ["sh", "-c", "sleep 1000 & (sleep 1000 &) ; setsid sleep 1000 & exec sleep 1000"], [], newSession: true);

        ProcessTree.Kill(shell.Pid);

        Assert.Equal(9, shell.PidFd.Reap().Signal);
        Assert.DoesNotContain(
            Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => ProcessStat.Of(int.Parse(name!))),
            stat => stat is { IsAlive: true } && stat.Value.Session == shell.Pid);
    }
}
