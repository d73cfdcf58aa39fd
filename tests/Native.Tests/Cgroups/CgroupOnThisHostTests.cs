using System.Diagnostics;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Xunit;

namespace Devoxx.Native.Tests.Cgroups;

/// <summary>Against the real kernel, in cgroups of the test's own. Needs root.</summary>
public sealed class CgroupOnThisHostTests : IDisposable
{
    private static readonly CgroupHost Host = CgroupHost.Detect();
    private readonly string parent = $"/devoxx-native-test-{Guid.NewGuid():N}";
    private readonly List<Process> processes = [];

    public void Dispose()
    {
        foreach (var name in Cgroup.Children(Host, parent))
        {
            var cgroup = Cgroup.OpenExisting(Host, $"{parent}/{name}")!;
            cgroup.Kill();
            cgroup.Remove();
        }

        Cgroup.OpenExisting(Host, parent)?.Remove();
        processes.ForEach(process => process.Dispose());
    }

    [Fact]
    public void Is_made_limited_read_and_removed()
    {
        var cgroup = Cgroup.Create(Host, Path("one"));
        Assert.All(cgroup.Directories, directory => Assert.True(Directory.Exists(directory)));

        cgroup.Apply(new CgroupLimits(MemoryMax: 64 << 20, MemoryReservation: 32 << 20, MemorySwapMax: 64 << 20, CpuQuota: 50_000, CpuPeriod: 100_000,
            CpuShares: 512, CpusetCpus: "0", CpusetMems: "0", PidsMax: 20));
        var stats = cgroup.ReadStats();
        Assert.Equal((64 << 20, 0, 0), (stats.MemoryLimit, stats.OomKills, stats.PidsCurrent));
        cgroup.Apply(new CgroupLimits(MemoryMax: 128 << 20, MemorySwapMax: 128 << 20)); // grow
        cgroup.Apply(new CgroupLimits(MemoryMax: 32 << 20, MemorySwapMax: 32 << 20)); // shrink
        cgroup.Apply(new CgroupLimits(MemoryMax: -1, MemorySwapMax: -1));
        Assert.Null(cgroup.ReadStats().MemoryLimit);

        var directories = cgroup.Directories;
        cgroup.Remove();
        Assert.All(directories, directory => Assert.False(Directory.Exists(directory)));
        Assert.Null(Cgroup.OpenExisting(Host, Path("one")));
    }

    [Fact]
    public void Is_made_twice_without_harm()
    {
        Cgroup.Create(Host, Path("one")).Apply(new CgroupLimits(PidsMax: 20));

        var again = Cgroup.Create(Host, Path("one"));

        Assert.Equal("20", File.ReadAllText(again.Directories.Select(directory => directory + "/pids.max").First(File.Exists)).Trim());
        again.Remove();
        again.Remove();
    }

    [Fact]
    public void Refuses_a_limit_that_the_kernel_refuses_and_says_what_stays()
    {
        var cgroup = Cgroup.Create(Host, Path("one"));

        var error = Assert.Throws<CgroupLimitException>(() => cgroup.Apply(new CgroupLimits(CpusetCpus: "4000")));

        Assert.Equal(("cpuset.cpus", "cpuset", "4000"), (error.Limit, error.Controller, error.Asked));
    }

    [Fact]
    public void Notices_a_limit_that_the_kernel_clamps()
    {
        Assert.SkipWhen(Host.Version == CgroupVersion.V2, "version 2 has no clamped limit");

        var error = Assert.Throws<CgroupLimitException>(() => Cgroup.Create(Host, Path("one")).Apply(new CgroupLimits(CpuShares: 1)));

        Assert.Equal(("1", "2"), (error.Asked, error.Got));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Applies_device_rules_and_enforces_them(bool byProgram)
    {
        // By program: as if the unified hierarchy were all that this host has.
        Assert.SkipWhen(byProgram && Host.Unified is null, "this host has no unified hierarchy");
        var cgroup = Cgroup.Create(byProgram ? UnifiedOnly : Host, Path("one"));
        cgroup.Apply(new CgroupLimits(Devices:
        [
            new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', null, null, "m"), new DeviceRule(true, 'c', 1, 3, "rw"),
            new DeviceRule(true, 'c', 1, 3, "m"), new DeviceRule(true, 'c', 136, null, "rwm"),
        ]));

        Assert.Equal(0, Run(cgroup, "echo x > /dev/null"));
        Assert.NotEqual(0, Run(cgroup, "head -c 1 /dev/zero > /dev/null"));

        // Applied once more, the new rules take the place of the old ones.
        cgroup.Apply(new CgroupLimits(Devices: [new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', 1, 5, "r"), new DeviceRule(true, 'c', 1, 3, "rw")]));
        Assert.Equal(0, Run(cgroup, "head -c 1 /dev/zero > /dev/null"));
        Assert.NotEqual(0, Run(cgroup, ": > /dev/zero"));
        cgroup.Apply(new CgroupLimits(Devices: [new DeviceRule(true, 'a', null, null, "rwm")]));
        Assert.Equal(0, Run(cgroup, ": > /dev/zero"));
    }

    [Fact]
    public void Lets_processes_in_and_names_who_holds_it()
    {
        var cgroup = Cgroup.Create(Host, Path("one"), new CgroupLimits(CpusetCpus: "0"));
        // The shell itself, which stays one process of this name, whenever it is looked at.
        var holder = Start(cgroup, "kill -STOP $$");

        Assert.Equal([holder.Id], cgroup.Processes());
        Assert.Equal(1, cgroup.ReadStats().PidsCurrent);
        var error = Assert.Throws<CgroupBusyException>(() => cgroup.Remove(TimeSpan.Zero));
        Assert.Contains($"{holder.Id} (sh)", error.Message);

        // What could be removed is made again by the next one who opens it.
        Cgroup.OpenExisting(Host, Path("one"))!.Kill();
        Assert.Empty(cgroup.Processes());
        cgroup.Remove();
    }

    [Fact]
    public void Kills_what_forks_all_the_time()
    {
        var cgroup = Cgroup.Create(Host, Path("one"));
        cgroup.Apply(new CgroupLimits(PidsMax: 100));
        Start(cgroup, "f() { f | f & }; f; exec sleep 1000");

        cgroup.Kill();

        Assert.Empty(cgroup.Processes());
        cgroup.Remove();
    }

    [Fact]
    public void Removes_cgroups_made_inside()
    {
        var cgroup = Cgroup.Create(Host, Path("one"));
        foreach (var directory in cgroup.Directories)
        {
            Directory.CreateDirectory(directory + "/inner");
            Directory.CreateDirectory(directory + "/inner/most");
        }

        cgroup.Remove();

        Assert.Null(Cgroup.OpenExisting(Host, Path("one")));
    }

    [Fact]
    public void Freezes_and_thaws()
    {
        var cgroup = Cgroup.Create(Host, Path("one"));
        var sleeper = Start(cgroup, "exec sleep 1000");

        cgroup.Freeze();
        Assert.True(cgroup.IsFrozen);
        cgroup.Thaw();
        Assert.False(cgroup.IsFrozen);
        cgroup.Freeze();
        cgroup.Kill();

        Assert.True(sleeper.WaitForExit(5000));
        cgroup.Remove();
    }

    [Fact]
    public void Counts_refused_forks()
    {
        var cgroup = Cgroup.Create(Host, Path("one"));
        cgroup.Apply(new CgroupLimits(PidsMax: 1));

        Run(cgroup, "/bin/true; true");

        Assert.Equal(1, cgroup.ReadStats().PidsLimitHits);
    }

    [Fact]
    public async Task Tells_of_an_oom_kill_and_counts_it()
    {
        var cgroup = Cgroup.Create(Host, Path("one"));
        cgroup.Apply(new CgroupLimits(MemoryMax: 16 << 20, MemorySwapMax: 16 << 20));
        using var watch = cgroup.WatchOom()!;
        Assert.False(watch.Drain());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var reactor = new Reactor();
        var told = reactor.WhenReadable(watch, deadline.Token);

        Run(cgroup, "exec tail /dev/zero");

        await told;
        Assert.True(watch.Drain());
        Assert.Equal(1, cgroup.ReadStats().OomKills);
        Assert.InRange(cgroup.ReadStats().MemoryPeak!.Value, 15 << 20, 16 << 20);
        cgroup.Remove();
    }

    private static CgroupHost UnifiedOnly => FixtureHost.Of($"30 25 0:26 / {Host.Unified} rw - cgroup2 cgroup2 rw\n");

    private string Path(string name) => $"{parent}/{name}";

    /// <summary>A shell that puts itself into the cgroup before it does anything else.</summary>
    private Process Start(Cgroup cgroup, string script)
    {
        var join = string.Concat(cgroup.Directories.Select(directory => $"echo 0 > {directory}/cgroup.procs || exit 99; "));
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{join} echo in; {script}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        processes.Add(process);
        Assert.Equal("in", process.StandardOutput.ReadLine());
        return process;
    }

    private int Run(Cgroup cgroup, string script)
    {
        var process = Start(cgroup, script);
        Assert.True(process.WaitForExit(20_000));
        return process.ExitCode;
    }
}
