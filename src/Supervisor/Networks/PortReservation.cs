using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// Host ports of one run of a container. The kernel redirects what comes to them (FirewallRules); the sockets here are bound so that
/// no program of the host takes the same port meanwhile. The container's monitor holds them too, so they outlive the supervisor. What
/// the kernel cannot redirect (IPv6 from <c>::1</c>, or to a container without IPv6) arrives at these sockets, and is passed on by
/// <see cref="PortRelay"/>.
/// </summary>
internal sealed class PortReservation : IDisposable
{
    /// <summary>The first descriptor of a monitor that is one of these; standard ones and the status come before.</summary>
    public const int FirstFd = 10;

    private PortReservation(ImmutableArray<PublishedPort> ports, ImmutableArray<Socket> sockets)
    {
        Ports = ports;
        Sockets = sockets;
    }

    public static PortReservation None { get; } = new([], []);

    public ImmutableArray<PublishedPort> Ports { get; }

    public ImmutableArray<Socket> Sockets { get; }

    /// <summary>Reserves every port, or none.</summary>
    /// <param name="containerId">Decides which free port is tried first, so that a container has the same one at every start.</param>
    /// <exception cref="IOException">A port is taken; the message says by whom.</exception>
    public static PortReservation Take(IReadOnlyList<PortSpec> wanted, string containerId, Func<int, string, string?> ourHolder)
    {
        var ports = ImmutableArray.CreateBuilder<PublishedPort>();
        var sockets = new List<Socket>();
        try
        {
            foreach (var port in wanted)
            {
                ports.Add(TakeOne(port, containerId, sockets, ourHolder));
            }

            return new PortReservation(ports.ToImmutable(), [.. sockets]);
        }
        catch
        {
            sockets.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <summary>What the monitor of a run that goes on holds, after a supervisor has died.</summary>
    public static PortReservation Of(ImmutableArray<PublishedPort> ports, IEnumerable<SafeFileHandle> descriptors) =>
        new(ports, [.. descriptors.Select(ToSocket)]);

    public void Dispose()
    {
        foreach (var socket in Sockets)
        {
            socket.Dispose();
        }
    }

    private static Socket ToSocket(SafeFileHandle descriptor)
    {
        var number = descriptor.DangerousGetHandle();
        descriptor.SetHandleAsInvalid();
        return new Socket(new SafeSocketHandle(number, ownsHandle: true));
    }

    private static PublishedPort TakeOne(PortSpec wanted, string containerId, List<Socket> sockets, Func<int, string, string?> ourHolder)
    {
        var candidates = Candidates(wanted, containerId);
        foreach (var candidate in candidates)
        {
            // Without a socket (a kernel that passes SCTP on and does not speak it) only our own containers can be in the way.
            if (TryBind(wanted.HostIp, candidate, wanted.Protocol) is { } bound && (bound.Count > 0 || ourHolder(candidate, wanted.Protocol) is null))
            {
                sockets.AddRange(bound);
                return new PublishedPort(wanted.HostIp, candidate, wanted.Target, wanted.Protocol, wanted.Name);
            }
        }

        if (wanted.Published is null)
        {
            throw new IOException($"no ephemeral port is free for {wanted.Target}/{wanted.Protocol} (net.ipv4.ip_local_port_range)");
        }

        var first = candidates.First();
        var holder = ourHolder(first, wanted.Protocol) ?? PortHolders.Find(first, wanted.Protocol) ?? "a process that is gone by now";
        throw new IOException(
            $"port {wanted.Published}/{wanted.Protocol}{(wanted.HostIp is null ? "" : $" on {wanted.HostIp}")} of this machine cannot be published, because {(wanted.Published.Contains('-') ? $"all of them are taken, the first " : "it is taken ")}by {holder}; stop that, or choose another port under `ports`");
    }

    private static IEnumerable<int> Candidates(PortSpec wanted, string containerId)
    {
        if (wanted.Published is { } published)
        {
            var parts = published.Split('-', 2);
            var first = int.Parse(parts[0], CultureInfo.InvariantCulture);
            return Enumerable.Range(first, int.Parse(parts[^1], CultureInfo.InvariantCulture) - first + 1);
        }

        var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var (low, high) = (int.Parse(range[0], CultureInfo.InvariantCulture), int.Parse(range[1], CultureInfo.InvariantCulture));
        var count = high - low + 1;
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{containerId} {wanted.Target}/{wanted.Protocol}"));
        var start = (int)(BitConverter.ToUInt32(hash) % (uint)count);
        return Enumerable.Range(0, count).Select(n => low + ((start + n) % count));
    }

    /// <summary>Null: somebody has it.</summary>
    private static List<Socket>? TryBind(string? hostIp, int port, string protocol)
    {
        var bound = new List<Socket>();
        foreach (var address in hostIp is null ? [IPAddress.Any, IPAddress.IPv6Any] : new[] { IPAddress.Parse(hostIp) })
        {
            try
            {
                bound.Add(Bind(address, port, protocol));
            }
            catch (LinuxException e) when (e.ErrnoName is "EAFNOSUPPORT" or "EPROTONOSUPPORT" || (e.ErrnoName == "EADDRNOTAVAIL" && hostIp is null))
            {
                // The same of SCTP.
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } or LinuxException { ErrnoName: "EADDRINUSE" })
            {
                bound.ForEach(s => s.Dispose());
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.ProtocolNotSupported or SocketError.ProtocolFamilyNotSupported
                || (e.SocketErrorCode == SocketError.AddressNotAvailable && hostIp is null))
            {
                // A kernel without IPv6: nobody can take such a port either.
            }
            catch (SocketException e)
            {
                bound.ForEach(s => s.Dispose());
                throw new IOException($"port {port}/{protocol} on {address} cannot be published: {e.Message.ToLowerInvariant()}");
            }
        }

        return bound;
    }

    private static Socket Bind(IPAddress address, int port, string protocol)
    {
        if (protocol == "sctp")
        {
            return SctpSocket.Bind(address, port);
        }

        var socket = protocol switch
        {
            "udp" => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp),
            _ => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
        };
        try
        {
            if (address.IsIpv6())
            {
                socket.DualMode = false;
            }

            // Listening too: a socket that is only bound does not keep out others that set SO_REUSEADDR, as servers do.
            socket.Bind(new IPEndPoint(address, port));
            if (protocol == "tcp")
            {
                socket.Listen(128);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
