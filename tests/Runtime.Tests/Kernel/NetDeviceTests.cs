using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>runtime-spec, "Linux Network Devices"; as root. One end of a pair of virtual interfaces stands for a device.</summary>
public sealed class NetDeviceTests : IDisposable
{
    private readonly Bundle _bundle = new();
    private readonly string _device = "rtd" + Guid.NewGuid().ToString("n")[..8];

    public NetDeviceTests() => Command.Run("ip", "link", "add", _device, "type", "veth", "peer", "name", _device + "p").Succeeded();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_device_goes_into_the_container_with_its_properties_and_global_addresses(bool inUserNamespace)
    {
        Command.Run("ip", "link", "set", _device, "mtu", "1789", "address", "02:11:22:33:44:55").Succeeded();
        Command.Run("ip", "address", "add", "169.254.169.77/32", "dev", _device).Succeeded();
        Command.Run("ip", "address", "add", "127.0.0.33/32", "scope", "host", "dev", _device).Succeeded();
        var spec = _bundle.Shell("ip -o link show dev eth7; ip -o address show dev eth7").WithLinux(l => l with { NetDevices = new Dictionary<string, NetDevice> { [_device] = new("eth7") } });
        var output = string.Join('\n', _bundle.Output(inUserNamespace ? _bundle.InUserNamespace(spec) : spec));
        Assert.Contains("mtu 1789", output);
        Assert.Contains("02:11:22:33:44:55", output);
        Assert.Contains("UP", output);
        Assert.Contains("inet 169.254.169.77/32 scope global", output);
        Assert.DoesNotContain("127.0.0.33", output);
        Assert.NotEqual(0, Command.Run("ip", "link", "show", _device).ExitCode);
    }

    [Fact]
    public void A_namespace_that_is_joined_keeps_the_device()
    {
        var name = "rtn" + _device;
        Command.Run("ip", "netns", "add", name).Succeeded();
        try
        {
            var spec = _bundle.Spec("ip", "link", "show", _device).WithLinux(l => l with
            {
                NetDevices = new Dictionary<string, NetDevice> { [_device] = new() },
                Namespaces = [.. l.Namespaces!.Select(n => n.Type == "network" ? n with { Path = "/run/netns/" + name } : n)],
            });
            _bundle.Write(spec);
            _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
            Command.Run("ip", "netns", "exec", name, "ip", "link", "show", _device).Succeeded();
        }
        finally
        {
            Command.Run("ip", "netns", "delete", name).Succeeded();
        }
    }

    [Fact]
    public void What_is_not_there_or_has_nowhere_to_go_is_refused()
    {
        var devices = new Dictionary<string, NetDevice> { ["rt-nowhere"] = new() };
        Assert.Contains("no network device 'rt-nowhere'", _bundle.Refusal(_bundle.Spec("true").WithLinux(l => l with { NetDevices = devices })));
        Assert.Contains("without a network namespace", _bundle.Refusal(_bundle.Spec("true").WithLinux(l => l with
        {
            NetDevices = devices, Namespaces = [.. l.Namespaces!.Where(n => n.Type != "network")],
        })));
        Assert.Contains("invalid network device name 'a/b'", _bundle.Refusal(_bundle.Spec("true").WithLinux(l => l with { NetDevices = new Dictionary<string, NetDevice> { [_device] = new("a/b") } })));
        Command.Run("ip", "link", "show", _device).Succeeded();
    }

    public void Dispose()
    {
        Command.Run("ip", "link", "delete", _device + "p");
        _bundle.Dispose();
    }
}
