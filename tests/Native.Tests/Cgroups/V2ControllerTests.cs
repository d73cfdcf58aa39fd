using Devoxx.Native.Cgroups;
using Devoxx.Native.Cgroups.V2;
using Xunit;

namespace Devoxx.Native.Tests.Cgroups;

public sealed class V2ControllerTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly CgroupHost host;

    public V2ControllerTests()
    {
        host = FixtureHost.V2(directory);
        directory.Write("unified/cgroup.subtree_control");
        foreach (var file in (string[])
            ["memory.max", "memory.low", "memory.swap.max", "cpu.max", "cpu.weight", "cpuset.cpus", "cpuset.mems", "pids.max", "io.weight", "cgroup.procs"])
        {
            directory.Write($"unified/devoxx/one/{file}");
        }
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Writes_every_limit_in_the_unified_form()
    {
        Open().Apply(new CgroupLimits(
            MemoryMax: 64 << 20, MemoryReservation: 32 << 20, MemorySwapMax: 96 << 20, CpuQuota: 50_000, CpuPeriod: 200_000, CpuShares: 1024,
            CpusetCpus: "0-1", CpusetMems: "0", PidsMax: 10));

        Assert.Equal("67108864", Written("memory.max"));
        Assert.Equal("33554432", Written("memory.low"));
        Assert.Equal("33554432", Written("memory.swap.max"));
        Assert.Equal("50000 200000", Written("cpu.max"));
        Assert.Equal("100", Written("cpu.weight"));
        Assert.Equal("0-1", Written("cpuset.cpus"));
        Assert.Equal("0", Written("cpuset.mems"));
        Assert.Equal("10", Written("pids.max"));
    }

    [Fact]
    public void Writes_unlimited_as_max()
    {
        Open().Apply(new CgroupLimits(MemoryMax: -1, MemorySwapMax: -1, CpuQuota: -1, PidsMax: -1));

        Assert.Equal(("max", "max", "max 100000", "max"), (Written("memory.max"), Written("memory.swap.max"), Written("cpu.max"), Written("pids.max")));
    }

    [Fact]
    public void Allows_no_swap_when_memory_and_both_are_the_same()
    {
        Open().Apply(new CgroupLimits(MemoryMax: 64 << 20, MemorySwapMax: 64 << 20));

        Assert.Equal("0", Written("memory.swap.max"));
    }

    [Fact]
    public void Hands_controllers_down_from_the_root()
    {
        Directory.CreateDirectory(directory["unified/devoxx/two"]);
        directory.Write("unified/devoxx/cgroup.subtree_control");

        Cgroup.Create(host, "/devoxx/two");

        // Plain files keep only the last of the writes, one for each controller.
        Assert.StartsWith("+", File.ReadAllText(directory["unified/cgroup.subtree_control"]));
        Assert.StartsWith("+", File.ReadAllText(directory["unified/devoxx/cgroup.subtree_control"]));
    }

    [Theory]
    [InlineData("memory.oom_control")]
    [InlineData("memory.swappiness")]
    [InlineData("memory.swap.max")]
    public void Refuses_by_name_what_version_2_cannot(string limit)
    {
        var limits = limit switch
        {
            "memory.oom_control" => new CgroupLimits(OomKillDisable: true),
            "memory.swappiness" => new CgroupLimits(MemorySwappiness: 10),
            _ => new CgroupLimits(MemoryMax: 64 << 20, MemorySwapMax: 32 << 20),
        };

        Assert.Equal(limit, Assert.Throws<CgroupLimitException>(() => Open().Apply(limits)).Limit);
    }

    [Fact]
    public void Names_limit_controller_asked_and_got_when_a_controller_is_missing()
    {
        File.Delete(directory["unified/devoxx/one/pids.max"]);

        var error = Assert.Throws<CgroupLimitException>(() => Open().Apply(new CgroupLimits(PidsMax: 10)));

        Assert.Equal("pids.max = 10 cannot be enforced by the pids controller: this host has no pids.max", error.Message);
        Assert.Equal(("pids.max", "pids", "10", "nothing"), (error.Limit, error.Controller, error.Asked, error.Got));
    }

    [Fact]
    public void Refuses_a_limit_whose_controller_the_host_does_not_have()
    {
        var poor = FixtureHost.V2(directory, "cpu memory");

        var error = Assert.Throws<CgroupLimitException>(() => Cgroup.OpenExisting(poor, "/devoxx/one")!.Apply(new CgroupLimits(PidsMax: 10)));

        Assert.Equal("pids", error.Controller);
    }

    [Fact]
    public void Reads_what_the_kernel_tells()
    {
        directory.Write("unified/devoxx/one/memory.current", "4096\n");
        directory.Write("unified/devoxx/one/memory.peak", "8192\n");
        directory.Write("unified/devoxx/one/memory.max", "max\n");
        directory.Write("unified/devoxx/one/memory.stat", "anon 0\ninactive_file 1024\nactive_file 5\n");
        directory.Write("unified/devoxx/one/memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n");
        directory.Write("unified/devoxx/one/cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnr_periods 4\nnr_throttled 3\nthrottled_usec 77\n");
        directory.Write("unified/devoxx/one/pids.current", "7\n");
        directory.Write("unified/devoxx/one/pids.peak", "9\n");
        directory.Write("unified/devoxx/one/pids.events", "max 2\n");
        directory.Write("unified/devoxx/one/io.stat", "254:0 rbytes=100 wbytes=200 rios=1 wios=2 dbytes=0 dios=0\n8:0 rbytes=1 wbytes=2 rios=1 wios=2\n");

        Assert.Equal(
            new CgroupStats
            {
                MemoryCurrent = 4096, MemoryPeak = 8192, MemoryLimit = null, MemoryInactiveFile = 1024, OomKills = 2, CpuUsage = 1500,
                CpuThrottledPeriods = 3, CpuThrottledTime = 77, PidsCurrent = 7, PidsPeak = 9, PidsLimitHits = 2, IoRead = 101, IoWritten = 202,
            },
            Open().ReadStats());
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1024, 100)]
    [InlineData(262144, 10000)]
    [InlineData(512, 59)]
    [InlineData(2048, 174)]
    public void Converts_shares_so_that_ends_and_defaults_meet(long shares, long weight) => Assert.Equal(weight, V2Weight.OfShares(shares));

    private Cgroup Open() => Cgroup.OpenExisting(host, "/devoxx/one")!;

    private string Written(string file) => File.ReadAllText(directory[$"unified/devoxx/one/{file}"]);
}
