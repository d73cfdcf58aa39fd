using Devoxx.Native.Namespaces;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Tests.Journal;

namespace Devoxx.Supervisor.Tests.Networks;

/// <summary>In a network namespace, whose switches are its own. Needs root.</summary>
public sealed class HostForwardingTests
{
    private const string Forward = "/proc/sys/net/ipv4/ip_forward", Redirects = "/proc/sys/net/ipv4/conf/all/accept_redirects", OfLoopback = "/proc/sys/net/ipv4/conf/lo/forwarding";
    private const string Forward6 = "/proc/sys/net/ipv6/conf/all/forwarding", OfLoopback6 = "/proc/sys/net/ipv6/conf/lo/forwarding";

    [Fact]
    public void Puts_back_exactly_what_there_was_after_the_last_network_of_the_last_supervisor()
    {
        using var directory = new TemporaryDirectory();
        using var host = NetworkNamespace.Create();
        host.Run(() =>
        {
            Write((Forward, "0"), (Redirects, "0"), (OfLoopback, "1"), (Forward6, "0"), (OfLoopback6, "0"));
            var before = Read();
            var one = new HostForwarding("one", "dxone", directory.Path);
            var other = new HostForwarding("other", "dxother", directory.Path);

            one.Acquire("a", ipv6: false);
            one.Acquire("b", ipv6: true);
            other.Acquire("c", ipv6: true);
            Assert.Equal(("1", "1"), (File.ReadAllText(Forward).Trim(), File.ReadAllText(Forward6).Trim()));
            one.Release("a");
            one.Release("b");
            Assert.Equal("1", File.ReadAllText(Forward).Trim());

            // As it would be after a kill: whoever comes back knows nothing of what there was, and the note does.
            other = new HostForwarding("other", "dxother", directory.Path);
            other.Acquire("c", ipv6: true);
            other.Release("c");

            Assert.Equal(before, Read());
            return true;
        });
    }

    [Fact]
    public void Leaves_alone_what_was_on_already()
    {
        using var directory = new TemporaryDirectory();
        using var host = NetworkNamespace.Create();
        host.Run(() =>
        {
            Write((Forward, "1"), (Redirects, "1"));
            var one = new HostForwarding("one", "dxone", directory.Path);
            one.Acquire("a", ipv6: false);
            one.Release("a");

            Assert.Equal(("1", "1"), (File.ReadAllText(Forward).Trim(), File.ReadAllText(Redirects).Trim()));
            return true;
        });
    }

    private static void Write(params ReadOnlySpan<(string Path, string Value)> switches)
    {
        foreach (var (path, value) in switches)
        {
            File.WriteAllText(path, value);
        }
    }

    private static string Read() => string.Join(' ', new[] { Forward, Redirects, OfLoopback, Forward6, OfLoopback6 }.Select(path => File.ReadAllText(path).Trim()));
}
