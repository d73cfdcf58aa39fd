using Devoxx.Native.Cgroups;
using Xunit;

namespace Devoxx.Native.Tests.Cgroups;

public sealed class CgroupHostTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Finds_one_unified_hierarchy()
    {
        var host = FixtureHost.V2(directory);

        Assert.Equal((CgroupVersion.V2, directory["unified"]), (host.Version, host.Unified));
        Assert.Equal(["cpuset", "cpu", "io", "memory", "pids"], host.V2Controllers);
        Assert.True(host.Has("blkio"));
    }

    [Fact]
    public void Finds_controllers_mounted_together_on_version_1()
    {
        var host = FixtureHost.Of("""
            31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            32 25 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            33 25 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
            """);

        Assert.Equal(CgroupVersion.V1, host.Version);
        Assert.Equal(("/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory"), (host.V1["cpu"], host.V1["cpuacct"], host.V1["memory"]));
        Assert.Equal(3, host.V1.Count);
        Assert.False(host.Has("pids"));
    }

    [Fact]
    public void Calls_a_host_with_both_hybrid()
    {
        directory.Write("unified/cgroup.controllers", "hugetlb");

        var host = FixtureHost.Of($"""
            31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            32 25 0:28 / {directory["unified"]} rw - cgroup2 cgroup2 rw
            """);

        Assert.Equal(CgroupVersion.Hybrid, host.Version);
        Assert.Equal(["hugetlb"], host.V2Controllers);
    }

    [Fact]
    public void Prefers_the_mount_of_a_whole_hierarchy_to_one_of_a_part() =>
        Assert.Equal("/sys/fs/cgroup", FixtureHost.Of("""
            31 25 0:27 /some/part /part rw - cgroup2 cgroup2 rw
            32 25 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            """).Unified);

    [Fact]
    public void Says_so_when_there_is_none() =>
        Assert.Throws<InvalidOperationException>(() => FixtureHost.Of("31 25 0:27 / / rw - ext4 /dev/vda rw\n"));

    [Fact]
    public void Detects_this_host()
    {
        var host = CgroupHost.Detect();

        Assert.All<string>(["memory", "cpu", "pids"], controller => Assert.True(host.Has(controller), controller));
    }
}
