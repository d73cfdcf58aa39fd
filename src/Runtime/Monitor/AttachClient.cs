using System.Buffers.Binary;
using Devoxx.Native;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Monitor;

/// <summary>One connection to <c>attach.sock</c>; see <see cref="AttachProtocol"/>.</summary>
internal sealed unsafe class AttachClient(int fd) : IDisposable
{
    // A client that takes nothing for this long is let go, so that it cannot hold up the container's output for ever.
    private const int PatienceMs = 10_000;

    private readonly byte[] _frame = new byte[AttachProtocol.HeaderLength + AttachProtocol.LongestPayload];
    private int _filled;

    public int Fd => fd;

    /// <summary>Sends output; false when the client is gone.</summary>
    public bool Send(byte type, ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[AttachProtocol.HeaderLength];
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, AttachProtocol.LongestPayload);
            header[0] = type;
            BinaryPrimitives.WriteInt32LittleEndian(header[1..], length);
            if (!SendAll(header) || !SendAll(bytes[..length]))
            {
                return false;
            }

            bytes = bytes[length..];
        }

        return true;
    }

    /// <summary>Reads what is there. False: the client is gone, or spoke nonsense.</summary>
    public bool Receive()
    {
        fixed (byte* frame = _frame)
        {
            var length = RawSyscall.Invoke(Nr.read, fd, (nint)(frame + _filled), _frame.Length - _filled);
            if (length is -Linux.EAGAIN or -Linux.EINTR)
            {
                return true;
            }

            _filled += (int)Math.Max(0, length);
            return length > 0;
        }
    }

    /// <summary>The next whole frame, if there is one; <see cref="Consume"/> removes it.</summary>
    public bool TryFrame(out byte type, out ReadOnlySpan<byte> payload, out bool invalid)
    {
        type = 0;
        payload = default;
        invalid = false;
        if (_filled < AttachProtocol.HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_frame.AsSpan(1));
        if (length > AttachProtocol.LongestPayload)
        {
            invalid = true;
            return false;
        }

        if (_filled < AttachProtocol.HeaderLength + length)
        {
            return false;
        }

        type = _frame[0];
        payload = _frame.AsSpan(AttachProtocol.HeaderLength, (int)length);
        return true;
    }

    public void Consume(int payloadLength)
    {
        var length = AttachProtocol.HeaderLength + payloadLength;
        _frame.AsSpan(length, _filled - length).CopyTo(_frame);
        _filled -= length;
    }

    /// <summary>Removes the first bytes of the present frame's payload; the frame stays, shorter.</summary>
    public void ConsumePart(int bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_frame.AsSpan(1));
        BinaryPrimitives.WriteInt32LittleEndian(_frame.AsSpan(1), length - bytes);
        var rest = AttachProtocol.HeaderLength + bytes;
        _frame.AsSpan(rest, _filled - rest).CopyTo(_frame.AsSpan(AttachProtocol.HeaderLength));
        _filled -= bytes;
    }

    public void Dispose() => FileDescriptor.Close(fd);

    private bool SendAll(ReadOnlySpan<byte> bytes)
    {
        const int MSG_NOSIGNAL = 0x4000;
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var sent = RawSyscall.Invoke(Nr.sendto, fd, (nint)(start + done), bytes.Length - done, MSG_NOSIGNAL);
                if (sent > 0)
                {
                    done += (int)sent;
                }
                else if (sent == -Linux.EAGAIN && Poll.Writable(fd, PatienceMs) || sent == -Linux.EINTR)
                {
                    continue;
                }
                else
                {
                    return false;
                }
            }
        }

        return true;
    }
}
