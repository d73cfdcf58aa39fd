using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Netlink;

/// <summary>What a message of the kernel is given to: its type, and what comes after the header.</summary>
public delegate void NetlinkHandler(ushort type, ReadOnlySpan<byte> payload);

/// <summary>
/// A netlink(7) socket. It belongs for ever to the network namespace of the thread that opened it, whoever uses it later.
/// One request at a time: threads wait for each other; opening another costs some microseconds.
/// </summary>
public sealed unsafe class NetlinkSocket : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int AF_NETLINK = 16, NETLINK_ROUTE = 0, NETLINK_NETFILTER = 12, SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000, SOL_NETLINK = 270;
    private const int NETLINK_ADD_MEMBERSHIP = 1, NETLINK_CAP_ACK = 10, NETLINK_EXT_ACK = 11, NETLINK_GET_STRICT_CHK = 12;
    private const int NLMSG_ERROR = 2, NLMSG_DONE = 3, NLMSGERR_ATTR_MSG = 1;
    private const ushort NLM_F_CAPPED = 0x100, NLM_F_ACK_TLVS = 0x200, NLM_F_DUMP_INTR = 0x10;
    private const int EINTR = 4, MSG_DONTWAIT = 0x40;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(32 * 1024, pinned: true);
    private readonly Lock _gate = new();
    private uint _sequence;

    private NetlinkSocket(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>rtnetlink(7) in the calling thread's network namespace.</summary>
    public static NetlinkSocket OpenRoute() => Open(NETLINK_ROUTE, "NETLINK_ROUTE");

    /// <summary>nfnetlink in the calling thread's network namespace.</summary>
    public static NetlinkSocket OpenNetfilter() => Open(NETLINK_NETFILTER, "NETLINK_NETFILTER");

    /// <summary>What nf_tables tells of changes to its rules, by whomever; polls as readable.</summary>
    public static NetlinkSocket OpenNftablesNotices()
    {
        const int NFNLGRP_NFTABLES = 7;
        var socket = Open(NETLINK_NETFILTER, "NETLINK_NETFILTER");

        // Without a number of its own (bind(2) gives it) a socket is taken for the sender, who is not told.
        var address = stackalloc ushort[6] { AF_NETLINK, 0, 0, 0, 0, 0 };
        var result = (int)RawSyscall.Invoke(Nr.bind, socket.handle, (nint)address, 12);
        if (result < 0)
        {
            throw new LinuxException("bind", -result, "netlink socket");
        }

        // Room for what a whole ruleset says at once.
        var room = 4 << 20;
        const int SOL_SOCKET = 1, SO_RCVBUFFORCE = 33;
        RawSyscall.Invoke(Nr.setsockopt, socket.handle, SOL_SOCKET, SO_RCVBUFFORCE, (nint)(&room), sizeof(int));
        socket.Set(NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES);
        return socket;
    }

    /// <summary>Sends a request and waits until the kernel has done it.</summary>
    /// <param name="operation">For the message of the exception, e.g. <c>RTM_NEWLINK</c>.</param>
    /// <param name="subject">What it is about.</param>
    /// <exception cref="LinuxException">The kernel refuses; with the reason in its own words where it gives one.</exception>
    public void Request(NetlinkMessage message, string operation, string subject)
    {
        if (TryRequest(message, operation, subject) is { } error)
        {
            throw error;
        }
    }

    /// <summary>As <see cref="Request"/>; what the kernel refuses is returned, for callers that expect it.</summary>
    public LinuxException? TryRequest(NetlinkMessage message, string operation, string subject)
    {
        LinuxException? error = null;
        lock (_gate)
        {
            Receive(Send(message, operation), operation, subject, null, e => error = e);
        }

        return error;
    }

    /// <summary>Sends a request for a dump, or for one object, and hands over each answer.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void Dump(NetlinkMessage message, string operation, string subject, NetlinkHandler handler)
    {
        LinuxException? error = null;
        lock (_gate)
        {
            Receive(Send(message, operation), operation, subject, handler, e => error = e);
        }

        if (error is not null)
        {
            throw error;
        }
    }

    /// <summary>Notices that have come, without waiting for more. False: some were lost, because nobody read them for too long.</summary>
    public bool ReadNotices(NetlinkHandler handler)
    {
        const int EAGAIN = 11, ENOBUFS = 105;
        var complete = true;
        while (true)
        {
            var got = ReceiveOnce(MSG_DONTWAIT);
            switch (got)
            {
                case -EAGAIN: return complete;
                case -EINTR: continue;
                case -ENOBUFS:
                    complete = false;
                    continue;
                case < 0: throw new LinuxException("recvfrom", -got, "netlink socket");
            }

            for (var rest = _buffer.AsSpan(0, got); rest.Length >= NetlinkMessage.HeaderSize;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (length < NetlinkMessage.HeaderSize || length > rest.Length)
                {
                    break;
                }

                handler(BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]), rest[NetlinkMessage.HeaderSize..length]);
                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
            }
        }
    }

    protected override bool ReleaseHandle() => RawSyscall.Invoke(Nr.close, handle) == 0;

    private static NetlinkSocket Open(int protocol, string name)
    {
        var fd = (int)RawSyscall.Invoke(Nr.socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        if (fd < 0)
        {
            throw new LinuxException("socket", -fd, null, "AF_NETLINK, " + name);
        }

        var socket = new NetlinkSocket(fd);
        socket.Set(NETLINK_CAP_ACK, 1);
        socket.Set(NETLINK_EXT_ACK, 1);
        if (protocol == NETLINK_ROUTE)
        {
            socket.Set(NETLINK_GET_STRICT_CHK, 1);
        }

        return socket;
    }

    private void Set(int option, int value)
    {
        var result = (int)RawSyscall.Invoke(Nr.setsockopt, handle, SOL_NETLINK, option, (nint)(&value), sizeof(int));

        // Before Linux 4.12 and 4.20 there were no such options: errors then come without words, and dumps unfiltered.
        const int ENOPROTOOPT = 92;
        if (result < 0 && result != -ENOPROTOOPT)
        {
            throw new LinuxException("setsockopt", -result, "netlink socket", $"SOL_NETLINK, {option}");
        }
    }

    private uint Send(NetlinkMessage message, string operation)
    {
        var sequence = ++_sequence;
        var bytes = message.Finish(sequence);
        fixed (byte* data = bytes)
        {
            // The kernel does the work within this call: it may wait there for others.
            var sent = (int)RawSyscall.InvokeBlocking(Nr.sendto, handle, (nint)data, bytes.Length, 0, 0, 0);
            return sent == bytes.Length ? sequence : throw new LinuxException("sendto", -sent, operation);
        }
    }

    private void Receive(uint sequence, string operation, string subject, NetlinkHandler? handler, Action<LinuxException> failed)
    {
        while (true)
        {
            var got = ReceiveOnce(0);
            if (got == -EINTR)
            {
                continue;
            }

            if (got < 0)
            {
                throw new LinuxException("recvfrom", -got, operation);
            }

            for (var rest = _buffer.AsSpan(0, got); rest.Length >= NetlinkMessage.HeaderSize;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (length < NetlinkMessage.HeaderSize || length > rest.Length)
                {
                    break;
                }

                var message = rest[..length];
                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
                if (BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) != sequence)
                {
                    continue;
                }

                var type = BinaryPrimitives.ReadUInt16LittleEndian(message[4..]);
                var payload = message[NetlinkMessage.HeaderSize..];
                switch (type)
                {
                    case NLMSG_DONE:
                        return;
                    case NLMSG_ERROR:
                        var errno = -BinaryPrimitives.ReadInt32LittleEndian(payload);
                        if (errno != 0)
                        {
                            failed(Refused(errno, message, operation, subject));
                        }

                        return;
                    default:
                        handler?.Invoke(type, payload);
                        if ((BinaryPrimitives.ReadUInt16LittleEndian(message[6..]) & 2 /* NLM_F_MULTI */) == 0)
                        {
                            return;
                        }

                        break;
                }
            }
        }
    }

    /// <summary>With what the kernel says besides the number: NLMSGERR_ATTR_MSG of the extended acknowledgement.</summary>
    private static LinuxException Refused(int errno, ReadOnlySpan<byte> message, string operation, string subject)
    {
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(message[6..]);
        if ((flags & NLM_F_ACK_TLVS) != 0)
        {
            var echoed = (flags & NLM_F_CAPPED) != 0 ? NetlinkMessage.HeaderSize : BinaryPrimitives.ReadInt32LittleEndian(message[(NetlinkMessage.HeaderSize + 4)..]);
            var start = NetlinkMessage.HeaderSize + 4 + ((echoed + 3) & ~3);
            for (var attributes = new NetlinkAttributes(start < message.Length ? message[start..] : []); attributes.Next();)
            {
                if (attributes.Type == NLMSGERR_ATTR_MSG)
                {
                    return new LinuxException(operation, errno, subject, attributes.Text);
                }
            }
        }

        return new LinuxException(operation, errno, subject);
    }

    private int ReceiveOnce(int flags)
    {
        fixed (byte* buffer = _buffer)
        {
            return (int)RawSyscall.InvokeBlocking(Nr.recvfrom, handle, (nint)buffer, _buffer.Length, flags, 0, 0);
        }
    }
}
