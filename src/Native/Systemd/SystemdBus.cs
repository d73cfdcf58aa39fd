using System.Text;
using Devoxx.Native.Sockets;

namespace Devoxx.Native.Systemd;

/// <summary>
/// Asks a systemd itself, over its private socket, on which it speaks D-Bus without a bus between: what systemctl(1) does as root. There it sends its signals to
/// everybody who is connected (org.freedesktop.systemd1(5)). One thread at a time.
/// </summary>
public sealed partial class SystemdBus : IDisposable
{
    /// <summary>Of the system's manager; root's alone.</summary>
    public const string SystemSocket = "/run/systemd/private";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly UnixStream _socket;

    /// <summary>What came of the jobs that have ended since we are connected, by their object paths.</summary>
    private readonly Dictionary<string, string> _ended = [];

    private uint _serial;

    private SystemdBus(UnixStream socket) => _socket = socket;

    /// <exception cref="LinuxException">No systemd is there to be asked, or not by us.</exception>
    public static SystemdBus Connect(string path)
    {
        var bus = new SystemdBus(UnixStream.Open(path));
        try
        {
            bus.Authenticate();
            return bus;
        }
        catch
        {
            bus.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Connect"/>; null when no systemd is there.</summary>
    public static SystemdBus? TryConnect(string path)
    {
        try
        {
            return Connect(path);
        }
        catch (LinuxException e) when (e.ErrnoName is "ENOENT" or "ENOTDIR" or "ECONNREFUSED")
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>
    /// SASL EXTERNAL with no identity but that of the socket's peer: digits of a user id would be wrong in a user namespace. All in one piece, as systemctl does: of what comes
    /// in one read together with BEGIN systemd takes no notice before it reads again (sd-bus/bus-socket.c, bus_socket_auth_verify_server).
    /// </summary>
    private void Authenticate()
    {
        _socket.Send("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"u8);

        // Before version 247 it lets us in twice, instead of asking for DATA.
        var (first, second) = (ReceiveLine(), ReceiveLine());
        if (!second.StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new SystemdException($"it does not let us in: {first}, {second}");
        }
    }

    private string ReceiveLine()
    {
        var line = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (line.Length < 2 || line[^2] != '\r' || line[^1] != '\n')
        {
            Receive(one, Patience, "our greeting");
            line.Append((char)one[0]);
        }

        return line.ToString(0, line.Length - 2);
    }

    /// <summary>Calls a method and waits for its answer.</summary>
    private DBusReader Call(TimeSpan patience, string path, string @interface, string member, params ReadOnlySpan<DBusValue> arguments)
    {
        _socket.Send(DBusMessage.Call(++_serial, path, @interface, member, arguments));
        while (true)
        {
            var message = ReceiveMessage(patience, member);
            switch (message.Type)
            {
                case DBusMessage.MethodReturn when message.ReplySerial == _serial:
                    return new DBusReader(message.Body);
                case DBusMessage.Error when message.ReplySerial == _serial:
                    throw new SystemdException($"{member}: {(message.Body.Length > 0 ? new DBusReader(message.Body).ReadText() : message.ErrorName)}", message.ErrorName);
            }
        }
    }

    /// <summary>The next message; notes the end of a job when it tells one.</summary>
    private DBusMessage ReceiveMessage(TimeSpan patience, string waitingFor)
    {
        var header = new byte[DBusMessage.FixedHeader];
        Receive(header, patience, waitingFor);
        var (fieldsLength, bodyLength) = DBusMessage.Rest(header);
        var (fields, body) = (new byte[fieldsLength], new byte[bodyLength]);
        Receive(fields, patience, waitingFor);
        Receive(body, patience, waitingFor);
        var message = DBusMessage.Parse(header, fields, body);
        if (message is { Type: DBusMessage.Signal, Member: "JobRemoved" })
        {
            var reader = new DBusReader(body);
            _ = reader.ReadUInt32();
            var job = reader.ReadText();
            _ = reader.ReadText();
            _ended[job] = reader.ReadText();
        }

        return message;
    }

    private void Receive(Span<byte> buffer, TimeSpan patience, string waitingFor)
    {
        try
        {
            if (_socket.Receive(buffer, patience))
            {
                return;
            }
        }
        catch (TimeoutException)
        {
            throw new SystemdException($"no answer to {waitingFor} within {Math.Round(patience.TotalSeconds)} seconds");
        }

        throw new SystemdException("it closed the connection");
    }
}
