using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Netlink;

namespace Devoxx.Scenarios.World;

/// <summary>Another machine on a wire of its own to this one: a network namespace with an address beside one of the host's.</summary>
public sealed class OtherHost : IDisposable
{
    private readonly string wire = "dxtest" + Convert.ToHexStringLower(BitConverter.GetBytes(Random.Shared.Next()))[..6];
    private readonly NetworkNamespace inside = NetworkNamespace.Create();

    private readonly NetworkNamespace? here;

    /// <param name="here">Whose neighbour it is; null: this machine's.</param>
    public OtherHost(NetworkNamespace? here = null)
    {
        this.here = here;
        // 198.18.0.0/15 and 2001:db8::/32 are for tests (RFC 2544, RFC 3849).
        var (second, third) = (Random.Shared.Next(256), Random.Shared.Next(64) * 4);
        ThisHost = IPAddress.Parse($"198.19.{second}.{third + 1}");
        Address = IPAddress.Parse($"198.19.{second}.{third + 2}");
        ThisHost6 = IPAddress.Parse($"2001:db8:{second:x}:{third:x}::1");
        Address6 = IPAddress.Parse($"2001:db8:{second:x}:{third:x}::2");
        using var opened = here is null ? NetlinkSocket.OpenRoute() : null;
        var route = opened ?? here!.Route;
        Links.AddVeth(route, new LinkEnd(wire), new LinkEnd("eth0", null, inside.Descriptor), null, 0);
        var near = Links.Find(route, wire)!.Index;
        Addresses.Add(route, near, ThisHost, 30);
        Addresses.Add(route, near, ThisHost6, 64);
        var far = Links.Find(inside.Route, "eth0")!.Index;
        Addresses.Add(inside.Route, far, Address, 30);
        Addresses.Add(inside.Route, far, Address6, 64);
        Links.SetUp(inside.Route, far);
        Routes.SetDefault(inside.Route, AddressFamily.InterNetwork, ThisHost, far);
        Routes.SetDefault(inside.Route, AddressFamily.InterNetworkV6, ThisHost6, far);
    }

    /// <summary>As the other machine knows this one.</summary>
    public IPAddress ThisHost { get; }

    public IPAddress ThisHost6 { get; }

    /// <summary>The end of the wire at this machine.</summary>
    public string Wire => wire;

    public NetworkNamespace Namespace => inside;

    /// <summary>Of the other machine.</summary>
    public IPAddress Address { get; }

    public IPAddress Address6 { get; }

    /// <summary>A web page, asked for from there; null: there is no way.</summary>
    public string? Get(IPAddress address, int port) => inside.Run(() => Http.Get(address, port));

    /// <summary>The lines that a program prints there; fails when it does.</summary>
    public IReadOnlyList<string> Witness(string program, params string[] arguments) => World.Witness.Of("nsenter", ["--net=" + inside.Path, program, .. arguments]);

    /// <summary>A web server there that answers every request with the client's address.</summary>
    public IDisposable Serve(int port) => inside.Run(() => new EchoServer(port));

    public void Dispose()
    {
        using (var opened = here is null ? NetlinkSocket.OpenRoute() : null)
        {
            Links.Delete(opened ?? here!.Route, wire);
        }

        inside.Dispose();
    }

    private sealed class EchoServer : IDisposable
    {
        private readonly TcpListener listener;

        public EchoServer(int port)
        {
            listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            _ = ServeAsync();
        }

        public void Dispose() => listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    var buffer = new byte[4096];
                    _ = await client.GetStream().ReadAsync(buffer);
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\n\r\n{((IPEndPoint)client.Client.RemoteEndPoint!).Address}"));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}

/// <summary>The least of a web client: one request, one answer.</summary>
public static class Http
{
    /// <summary>The body; null when nobody answers within three seconds.</summary>
    public static string? Get(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 3000, ReceiveTimeout = 3000 };
        try
        {
            if (!socket.ConnectAsync(address, port).Wait(3000))
            {
                return null;
            }

            socket.Send("GET / HTTP/1.0\r\nHost: here\r\n\r\n"u8);
            var text = new StringBuilder();
            var buffer = new byte[4096];
            for (int count; (count = socket.Receive(buffer)) > 0;)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }

            return text.ToString().Split("\r\n\r\n", 2)[^1].Trim();
        }
        catch (Exception e) when (e is SocketException or AggregateException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Get"/>, of a server that has only just been started: asked again until it answers, for ten seconds at the most.</summary>
    public static async Task<string?> Await(IPAddress address, int port)
    {
        var deadline = Environment.TickCount64 + 10_000;
        while (Get(address, port) is var body)
        {
            if (body is not null || Environment.TickCount64 > deadline)
            {
                return body;
            }

            await Task.Delay(50);
        }

        return null;
    }

    /// <summary>A port that nobody has at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
