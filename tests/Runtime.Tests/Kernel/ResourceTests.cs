using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary><c>linux.resources</c> beyond memory, cpu shares and pids; as root.</summary>
public sealed class ResourceTests : IDisposable
{
    private readonly Bundle _bundle = new();

    [Fact]
    public void Huge_pages()
    {
        Run(new LinuxResources { HugepageLimits = [new HugepageLimit("2MB", 4 << 20)] });
        Assert.Equal("4194304", CgroupFile("hugetlb.2MB.max", "hugetlb.2MB.limit_in_bytes"));
    }

    [Fact]
    public void Burst_and_idle_of_the_cpu()
    {
        Run(new LinuxResources { Cpu = new CpuResources { Quota = 50_000, Period = 100_000, Burst = 20_000 } });
        Assert.Equal("20000", CgroupFile("cpu.cfs_burst_us", "cpu.max.burst"));
    }

    [Fact]
    public void Throttling_of_a_block_device()
    {
        var (major, minor) = SomeDisk();
        Run(new LinuxResources { BlockIo = new BlockIoResources { ThrottleReadBpsDevice = [new ThrottleDevice(major, minor, 1 << 20)] } });
        Assert.Contains($"{major}:{minor}", CgroupFile("blkio.throttle.read_bps_device", "io.max"));
        Assert.Contains("1048576", CgroupFile("blkio.throttle.read_bps_device", "io.max"));
    }

    [Fact]
    public void Files_of_version_2_by_name()
    {
        Run(new LinuxResources { Unified = new Dictionary<string, string> { ["cgroup.max.descendants"] = "5" } });
        Assert.Equal("5", CgroupFile("cgroup.max.descendants"));
    }

    [Theory]
    [InlineData("no.such.file")]
    [InlineData("../cgroup.max.depth")]
    public void What_is_no_file_of_version_2_is_named(string file)
    {
        _bundle.Write(Spec(new LinuxResources { Unified = new Dictionary<string, string> { [file] = "1" } }));
        var create = _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id);
        Assert.NotEqual(0, create.ExitCode);
        Assert.Contains(file, create.Error);
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Fact]
    public async Task Events_tell_what_is_used_once_or_until_the_end()
    {
        _bundle.Write(_bundle.Shell("while [ ! -e /tmp/go ]; do sleep 0.05; done"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        var stats = JsonDocument.Parse(_bundle.Runtime("events", "--stats", _bundle.Id).Succeeded().Output).RootElement;
        Assert.Equal(("stats", _bundle.Id), (stats.GetProperty("type").GetString(), stats.GetProperty("id").GetString()));
        Assert.True(stats.GetProperty("data").GetProperty("memory").GetProperty("usage").GetProperty("usage").GetInt64() > 0);
        var follow = Task.Run(() => _bundle.Runtime("events", "--interval", "50ms", _bundle.Id));
        File.WriteAllText($"/proc/{_bundle.Pid}/root/tmp/go", "");
        Assert.NotEmpty((await follow.WaitAsync(TimeSpan.FromSeconds(30))).Succeeded().Lines);
    }

    public void Dispose() => _bundle.Dispose();

    private RuntimeSpec Spec(LinuxResources resources) => _bundle.Spec("sleep", "1000").WithLinux(l => l with { Resources = resources });

    private void Run(LinuxResources resources)
    {
        _bundle.Write(Spec(resources));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
    }

    private string CgroupFile(params string[] names) =>
        File.ReadAllText(_bundle.CgroupDirectories().SelectMany(directory => names.Select(name => $"{directory}/{name}")).First(File.Exists)).Trim();

    private static (long Major, long Minor) SomeDisk()
    {
        var numbers = Directory.GetFileSystemEntries("/sys/block").Select(disk => File.ReadAllText(disk + "/dev").Trim()).First().Split(':');
        return (long.Parse(numbers[0]), long.Parse(numbers[1]));
    }
}
