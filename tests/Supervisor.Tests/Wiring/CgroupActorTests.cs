using Akka.Actor;
using Devoxx.Native.Cgroups;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Tests.Wiring;

public sealed class CgroupActorTests : WiringTestKit
{
    private string CgroupPath => Environment.Root.CgroupParent + "/wiring";

    [Fact]
    public void Is_there_with_its_limits_in_force_and_gone_when_released()
    {
        var cgroup = Cgroup();
        cgroup.Tell(new PrepareCgroup(1, CgroupPath, new ResourceLimits(Memory: 32 << 20, Pids: 17), AllDevices: false));
        ExpectMsg<CgroupReady>();
        Assert.Equal(32 << 20, Devoxx.Native.Cgroups.Cgroup.OpenExisting(Environment.Cgroups, CgroupPath)!.ReadStats().MemoryLimit);

        cgroup.Tell(new ReleaseCgroup(1));
        Assert.Equal(0, ExpectMsg<CgroupReleased>().Usage.OomKills);
        Assert.Null(Devoxx.Native.Cgroups.Cgroup.OpenExisting(Environment.Cgroups, CgroupPath));
    }

    [Fact]
    public void The_next_life_releases_what_the_last_one_made()
    {
        var cgroup = Cgroup();
        cgroup.Tell(new PrepareCgroup(1, CgroupPath, new ResourceLimits(), AllDevices: false));
        ExpectMsg<CgroupReady>();
        Kill(cgroup);

        cgroup = Cgroup();
        cgroup.Tell(new ReleaseCgroup(1));
        ExpectMsg<CgroupReleased>();
        Assert.Null(Devoxx.Native.Cgroups.Cgroup.OpenExisting(Environment.Cgroups, CgroupPath));
    }

    [Fact]
    public void A_limit_that_cannot_be_had_is_named_and_leaves_nothing_behind()
    {
        var cgroup = Cgroup();
        cgroup.Tell(new PrepareCgroup(1, CgroupPath, new ResourceLimits(Cpuset: "4000"), AllDevices: false));

        Assert.Contains("cpuset", ExpectMsg<CgroupFailed>().Error);
        Assert.Null(Devoxx.Native.Cgroups.Cgroup.OpenExisting(Environment.Cgroups, CgroupPath));
    }

    private IActorRef Cgroup() => Child(() => new CgroupActor("wiring", new Subject("shop", "web", "shop-web-1"), Environment));
}
