using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Devoxx.Native.Files;
using Devoxx.Native.Terminals;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>How a session ended.</summary>
internal enum AttachEnd
{
    /// <summary>The container has, or its monitor.</summary>
    Closed,

    /// <summary>The detach keys were typed.</summary>
    Detached,
}

/// <summary>
/// Our standard streams connected with those of a container, over the socket that its monitor listens on (docs/runtime.md). The
/// supervisor has no part in it, so it may be killed and replaced meanwhile.
/// </summary>
internal sealed class AttachSession : IDisposable
{
    private const byte Input = 0, Resize = 1, EndOfInput = 2, Stderr = 2;
    private const int HeaderLength = 5, LongestPayload = 64 * 1024;

    private readonly Socket socket;
    private readonly Lock sending = new();
    private readonly TaskCompletionSource<AttachEnd> detached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AttachSession(Socket socket) => this.socket = socket;

    /// <summary>Null when there is no such socket: nobody can attach to the container, or it has ended.</summary>
    /// <param name="directory">Of the container's runtime state.</param>
    public static AttachSession? TryOpen(string directory)
    {
        if (!File.Exists(directory + "/attach.sock"))
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // By way of the directory's descriptor, because a path in sockaddr_un has room for 108 bytes only (unix(7)).
            using var parent = DirectoryFd.Open(directory);
            socket.Connect(new UnixDomainSocketEndPoint($"/proc/self/fd/{parent.Fd}/attach.sock"));
            return new AttachSession(socket);
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Relays until the container closes its side.</summary>
    /// <param name="input">Read what is typed and pass it on.</param>
    /// <param name="terminal">Ours becomes the container's: raw, and as large as ours is.</param>
    public async Task<AttachEnd> RunAsync(Stream stdout, Stream stderr, bool input, bool terminal, DetachKeys? keys)
    {
        using var raw = terminal && input ? RawMode.Enter(0) : null;
        using var resized = terminal ? PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => SendSize()) : null;
        if (terminal)
        {
            SendSize();
        }

        if (input)
        {
            // A thread of its own, which nobody waits for: a read from a terminal cannot be called off.
            new Thread(() => ReadInput(terminal, keys)) { IsBackground = true, Name = "stdin" }.Start();
        }

        var output = Task.Factory.StartNew(() => WriteOutput(stdout, stderr), TaskCreationOptions.LongRunning);
        return await await Task.WhenAny(output, detached.Task);
    }

    public void Dispose() => socket.Dispose();

    private AttachEnd WriteOutput(Stream stdout, Stream stderr)
    {
        var header = new byte[HeaderLength];
        var payload = new byte[LongestPayload];
        while (Fill(header) && BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1)) is >= 0 and <= LongestPayload and var length && Fill(payload.AsSpan(0, length)))
        {
            var stream = header[0] == Stderr ? stderr : stdout;
            stream.Write(payload.AsSpan(0, length));
            stream.Flush();
        }

        return AttachEnd.Closed;
    }

    private bool Fill(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count;
            try
            {
                count = socket.Receive(buffer);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return false;
            }

            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
        }

        return true;
    }

    private void ReadInput(bool terminal, DetachKeys? keys)
    {
        // Console.OpenStandardInput edits lines itself where it reads from a terminal, and ends the raw mode for that.
        using var stdin = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        var buffer = new byte[16 * 1024];
        var toContainer = new List<byte>();
        while (stdin.Read(buffer) is > 0 and var count)
        {
            if (keys is null)
            {
                Send(Input, buffer.AsSpan(0, count));
                continue;
            }

            toContainer.Clear();
            var leaves = keys.Feed(buffer.AsSpan(0, count), toContainer);
            Send(Input, CollectionsMarshal.AsSpan(toContainer));
            if (leaves)
            {
                detached.TrySetResult(AttachEnd.Detached);
                return;
            }
        }

        if (!terminal)
        {
            Send(EndOfInput, []);
        }
    }

    private void SendSize()
    {
        if (WindowSize.Of(0) is { } size)
        {
            var payload = new byte[4];
            BinaryPrimitives.WriteUInt16LittleEndian(payload, size.Rows);
            BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(2), size.Columns);
            Send(Resize, payload);
        }
    }

    /// <summary>A frame; when nobody takes it any more, the reading side learns why.</summary>
    private void Send(byte type, ReadOnlySpan<byte> payload)
    {
        if (type == Input && payload.IsEmpty)
        {
            return;
        }

        var frame = new byte[HeaderLength + payload.Length];
        frame[0] = type;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame.AsSpan(HeaderLength));
        lock (sending)
        {
            try
            {
                for (var sent = 0; sent < frame.Length;)
                {
                    sent += socket.Send(frame.AsSpan(sent));
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The container has ended.
            }
        }
    }
}
