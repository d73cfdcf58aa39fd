using System.Net.Sockets;
using Devoxx.Native.Files;
using Xunit;

namespace Devoxx.Native.Tests.Files;

public sealed class PeerCredentialsTests
{
    [Fact]
    public void Tells_who_connected()
    {
        using var directory = new TempDirectory();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory["socket"]));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(directory["socket"]));
        using var server = listener.Accept();

        Assert.Equal(new PeerCredentials(Environment.ProcessId, 0, 0), PeerCredentials.Of(server.SafeHandle));
    }

    [Fact]
    public void Refuses_what_is_no_socket()
    {
        using var file = File.OpenHandle("/dev/null");

        Assert.Equal("ENOTSOCK", Assert.Throws<LinuxException>(() => PeerCredentials.Of(file)).ErrnoName);
    }
}
