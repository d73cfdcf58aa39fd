using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Devoxx.Runtime.Tests.World;

/// <summary>A client of attach.sock, as AttachProtocol describes it.</summary>
public sealed class AttachedClient : IDisposable
{
    private readonly NetworkStream _stream;

    public AttachedClient(Bundle bundle)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(bundle.StateDirectory + "/attach.sock"));
        _stream = new NetworkStream(socket, ownsSocket: true) { ReadTimeout = 20_000 };
    }

    public void Send(byte type, params byte[] payload)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = type;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        _stream.Write(frame);
    }

    public void Type(string text) => Send(0, Encoding.UTF8.GetBytes(text));

    /// <summary>Everything until the text has come, or the connection is closed.</summary>
    public string ReadUntil(string? text)
    {
        var all = new StringBuilder();
        var header = new byte[5];
        while (text is null || !all.ToString().Contains(text))
        {
            if (_stream.ReadAtLeast(header, 5, throwOnEndOfStream: false) < 5)
            {
                return text is null ? all.ToString() : throw new EndOfStreamException(all.ToString());
            }

            var payload = new byte[BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1))];
            _stream.ReadExactly(payload);
            all.Append(header[0] == 2 ? "!" : "").Append(Encoding.UTF8.GetString(payload));
        }

        return all.ToString();
    }

    public void Dispose() => _stream.Dispose();
}
