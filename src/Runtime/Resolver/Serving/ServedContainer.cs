using System.Net;
using System.Text;
using Devoxx.Native.Processes;
using Devoxx.Oci.Names;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Resolver.Forwarding;
using Devoxx.Runtime.Resolver.Sockets;
using Devoxx.Runtime.Resolver.Zones;

namespace Devoxx.Runtime.Resolver.Serving;

/// <summary>A run of a container whose queries are answered: its namespace, the sockets in it, and what it sees of the networks.</summary>
internal sealed class ServedContainer : IDisposable
{
    public static readonly IPAddress Address = IPAddress.Parse("127.0.0.11");

    /// <summary>Ports below those that the kernel gives out by itself.</summary>
    private const int FirstPort = 20_000, Ports = 12_000, Attempts = 64;

    private readonly Desk _desk;
    private readonly TcpEndpoint _tcp;
    private readonly int _udpFd;
    private readonly int _tcpFd;
    private ResolverClient _client;
    private Watch? _watch;

    private ServedContainer(Desk desk, ResolverClient client, NetNamespace @namespace, (int Udp, int Tcp, int Port) sockets)
    {
        (_desk, _client, Namespace, Port) = (desk, client, @namespace, sockets.Port);
        (_udpFd, _tcpFd) = (sockets.Udp, sockets.Tcp);
        View = new View(client, []);
        _tcp = new TcpEndpoint(desk, this, _tcpFd);
        desk.Sources.Add(_udpFd, new UdpEndpoint(desk, this, _udpFd));
        desk.Sources.Add(_tcpFd, _tcp);
    }

    public string Run => _client.Run;

    public View View { get; private set; }

    public NetNamespace Namespace { get; }

    /// <summary>Where its sockets are: 127.0.0.11 and this port.</summary>
    public int Port { get; }

    /// <summary>Null: the host's.</summary>
    public Upstreams? Servers { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Opens the sockets, and has what is sent to port 53 go there.</summary>
    /// <param name="ended">Told when the process that the namespace belongs to has ended.</param>
    /// <exception cref="IOException">Why that cannot be.</exception>
    public static ServedContainer Open(Desk desk, ResolverClient client, Action<ServedContainer> ended)
    {
        using var owner = Owner(client);
        var @namespace = NetNamespace.Open(client.NamespacePath);
        (int Udp, int Tcp, int Port) sockets;
        try
        {
            sockets = @namespace.Within(() =>
            {
                var opened = OpenSockets(client.ContainerId);
                try
                {
                    Redirection.Set(opened.Port);
                    return opened;
                }
                catch
                {
                    FileDescriptor.Close(opened.Udp);
                    FileDescriptor.Close(opened.Tcp);
                    throw;
                }
            });
        }
        catch
        {
            @namespace.Dispose();
            throw;
        }

        var container = new ServedContainer(desk, client, @namespace, sockets);
        try
        {
            container.Update(client, ended);
            return container;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <summary>The same run, but other links, servers, or a process that the namespace lives by.</summary>
    public void Update(ResolverClient client, Action<ServedContainer> ended)
    {
        if (_watch is null || client.Pid != _client.Pid || client.StartTime != _client.StartTime)
        {
            _watch?.Dispose();
            _watch = new Watch(_desk.Sources, Owner(client), () => ended(this));
        }

        _client = client;
        Servers = client.Servers.IsEmpty ? null : new Upstreams(
            [.. client.Servers.Select(text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>().Where(address => !address.Equals(Address))]);
    }

    /// <summary>The networks are others than before.</summary>
    public void Look(IReadOnlyCollection<Zone> zones) => View = new View(_client, zones);

    public void Dispose()
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        _watch?.Dispose();
        _tcp.Dispose();
        _desk.Sources.Close(_udpFd);
        _desk.Sources.Close(_tcpFd);
        _desk.Forwarder.Abandon(this);
        Namespace.Dispose();
    }

    private static PidFd Owner(ResolverClient client) =>
        new ProcessIdentity(client.Pid, client.StartTime, BootId.Current).OpenIfAlive()
        ?? throw new IOException($"process {client.Pid}, which its network namespace belongs to, has ended");

    /// <summary>
    /// UDP and TCP at one port, the same as long as the container lives if nobody else has it: what is on its way to a resolver that has been killed
    /// finds the one that takes over.
    /// </summary>
    private static (int Udp, int Tcp, int Port) OpenSockets(string containerId)
    {
        var start = Encoding.UTF8.GetBytes(containerId).Aggregate(0u, (hash, letter) => (hash * 31) + letter);
        var (udp, tcp) = (Socket.Open(isTcp: false), Socket.Open(isTcp: true));
        Socket.ReuseAddress(tcp);
        for (var i = 0u; i < Attempts; i++)
        {
            var port = FirstPort + (int)((start + i) % Ports);
            if (Socket.TryBind(udp, Address, port))
            {
                if (Socket.TryBind(tcp, Address, port))
                {
                    Socket.Listen(tcp);
                    return (udp, tcp, port);
                }

                FileDescriptor.Close(udp);
                udp = Socket.Open(isTcp: false);
            }
        }

        FileDescriptor.Close(udp);
        FileDescriptor.Close(tcp);
        throw new IOException($"no port of 127.0.0.11 from {FirstPort + (start % Ports)} on is free in the container");
    }

    /// <summary>A socket keeps its namespace alive: these go when the container's own process has.</summary>
    private sealed class Watch : ISource, IDisposable
    {
        private readonly Sources _sources;
        private readonly PidFd _process;
        private readonly Action _ended;
        private readonly int _fd;

        public Watch(Sources sources, PidFd process, Action ended)
        {
            (_sources, _process, _ended) = (sources, process, ended);
            _fd = FileDescriptor.Duplicate((int)process.DangerousGetHandle());
            sources.Add(_fd, this);
        }

        public void OnReady(uint events) => _ended();

        public void Dispose()
        {
            _sources.Close(_fd);
            _process.Dispose();
        }
    }
}
