using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The runtime started by an ordinary user, who is root in a user namespace of its own; the tests themselves as root.</summary>
public sealed class RootlessTests : IDisposable
{
    private readonly RootlessHome _home = new();

    [Fact]
    public void A_container_of_ones_own_runs_and_leaves_nothing()
    {
        var run = Run(null, "sh", "-c", "id -u; echo $(cat /proc/self/uid_map); touch /mine && echo written; hostname; exit 6");
        Assert.Equal((6, ""), (run.ExitCode, run.Error));
        Assert.Equal(["0", $"0 {RootlessHome.Nobody} 1", "written", "box"], run.Lines);
        Assert.Equal($"{RootlessHome.Nobody}\n", Command.Run("stat", "-c", "%u", _home.Path + "/rootfs/mine").Output);
        Assert.Empty(Directory.GetFileSystemEntries(_home.Path + "/state"));
    }

    [Fact]
    public void A_limit_without_a_cgroup_that_is_ones_own_is_refused_by_name()
    {
        var run = Run(new LinuxResources { Pids = new PidsResources(5) }, "true");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("/sys/fs/cgroup", run.Error);
    }

    public void Dispose() => _home.Dispose();

    private Command Run(LinuxResources? resources, params string[] command)
    {
        _home.Write(resources, null, command);
        return Command.Run(_home.Runtime[0], [.. _home.Runtime[1..], .. _home.RunOne]);
    }
}
