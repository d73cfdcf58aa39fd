using Devoxx.Native.Cgroups;
using Xunit;

namespace Devoxx.Native.Tests.Cgroups;

public sealed class V1ControllerTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly CgroupHost host;

    public V1ControllerTests()
    {
        host = FixtureHost.V1(directory, "memory", "cpu,cpuacct", "cpuset", "pids", "devices", "blkio", "freezer");
        foreach (var file in (string[])
            [
                "memory/devoxx/one/memory.limit_in_bytes", "memory/devoxx/one/memory.memsw.limit_in_bytes", "memory/devoxx/one/memory.soft_limit_in_bytes",
                "memory/devoxx/one/memory.swappiness", "cpu,cpuacct/devoxx/one/cpu.shares", "cpu,cpuacct/devoxx/one/cpu.cfs_quota_us",
                "cpu,cpuacct/devoxx/one/cpu.cfs_period_us", "cpuset/devoxx/one/cpuset.cpus", "cpuset/devoxx/one/cpuset.mems", "pids/devoxx/one/pids.max",
                "blkio/devoxx/one/blkio.bfq.weight", "devices/devoxx/one/devices.allow", "devices/devoxx/one/devices.deny",
            ])
        {
            directory.Write(file);
        }
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Writes_every_limit_to_the_hierarchy_of_its_controller()
    {
        Open().Apply(new CgroupLimits(
            MemoryMax: 64 << 20, MemoryReservation: 32 << 20, MemorySwapMax: 96 << 20, MemorySwappiness: 10, CpuQuota: 50_000, CpuPeriod: 200_000,
            CpuShares: 512, CpusetCpus: "0-1", CpusetMems: "0", PidsMax: 10, BlkioWeight: 300));

        Assert.Equal("67108864", Written("memory/devoxx/one/memory.limit_in_bytes"));
        Assert.Equal("100663296", Written("memory/devoxx/one/memory.memsw.limit_in_bytes"));
        Assert.Equal("33554432", Written("memory/devoxx/one/memory.soft_limit_in_bytes"));
        Assert.Equal("10", Written("memory/devoxx/one/memory.swappiness"));
        Assert.Equal("512", Written("cpu,cpuacct/devoxx/one/cpu.shares"));
        Assert.Equal("50000", Written("cpu,cpuacct/devoxx/one/cpu.cfs_quota_us"));
        Assert.Equal("200000", Written("cpu,cpuacct/devoxx/one/cpu.cfs_period_us"));
        Assert.Equal("0-1", Written("cpuset/devoxx/one/cpuset.cpus"));
        Assert.Equal("10", Written("pids/devoxx/one/pids.max"));
        Assert.Equal("300", Written("blkio/devoxx/one/blkio.bfq.weight"));
    }

    [Fact]
    public void Refuses_a_swap_limit_when_the_kernel_does_not_account_swap()
    {
        File.Delete(directory["memory/devoxx/one/memory.memsw.limit_in_bytes"]);

        var error = Assert.Throws<CgroupLimitException>(() => Open().Apply(new CgroupLimits(MemorySwapMax: 1 << 20)));

        Assert.Equal("memory.memsw.limit_in_bytes", error.Limit);
    }

    [Fact]
    public void Notices_device_rules_that_are_not_in_force()
    {
        directory.Write("devices/devoxx/one/devices.list", "a *:* rwm\n");

        var error = Assert.Throws<CgroupLimitException>(() => Open().Apply(new CgroupLimits(
            Devices: [new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', 1, 3, "rwm")])));

        Assert.Equal(("devices.list", "c 1:3 rwm", "a *:* rwm"), (error.Limit, error.Asked, error.Got));
    }

    [Fact]
    public void Makes_only_what_is_needed_and_gives_a_cpuset_its_parent_s_processors()
    {
        directory.Write("cpuset/cpuset.cpus", "0-1\n");
        directory.Write("cpuset/cpuset.mems", "0\n");
        Cgroup.Create(host, "/devoxx/two");
        Assert.False(Directory.Exists(directory["cpuset/devoxx/two"]));
        Assert.False(Directory.Exists(directory["blkio/devoxx/two"]));
        Assert.True(Directory.Exists(directory["freezer/devoxx/two"]));
        foreach (var file in (string[])["cpuset.cpus", "cpuset.mems"])
        {
            directory.Write("cpuset/devoxx/" + file);
            directory.Write("cpuset/devoxx/two/" + file);
        }

        directory.Write("cpuset/devoxx/cpuset.cpus", "0-1");
        directory.Write("cpuset/devoxx/cpuset.mems", "0");
        Cgroup.Create(host, "/devoxx/two", new CgroupLimits(CpusetMems: "0"));

        Assert.Equal("0-1", Written("cpuset/devoxx/two/cpuset.cpus"));
    }

    [Theory]
    [InlineData("devoxx/one")]
    [InlineData("/")]
    [InlineData("/devoxx/../one")]
    [InlineData("/devoxx//one")]
    [InlineData("/devoxx/./one")]
    public void Refuses_paths_that_climb(string path) => Assert.Throws<ArgumentException>(() => Cgroup.Create(host, path));

    [Fact]
    public void Finds_nothing_where_there_is_no_cgroup() => Assert.Null(Cgroup.OpenExisting(host, "/devoxx/none"));

    [Fact]
    public void Lists_the_cgroups_of_any_hierarchy()
    {
        Directory.CreateDirectory(directory["pids/devoxx/left-over"]);

        Assert.Equal(["left-over", "one"], Cgroup.Children(host, "/devoxx"));
    }

    private Cgroup Open() => Cgroup.OpenExisting(host, "/devoxx/one")!;

    private string Written(string file) => File.ReadAllText(directory[file]);
}
