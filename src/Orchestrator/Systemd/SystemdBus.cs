using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Devoxx.Orchestrator.Systemd;

/// <summary>
/// Asks systemd itself, over its private socket, on which it speaks D-Bus without a bus between: what systemctl(1) does as root.
/// Only what its few calls and answers need is spoken (D-Bus specification, message protocol 1).
/// </summary>
internal sealed class SystemdBus : IDisposable
{
    public const string PrivateSocket = "/run/systemd/private";

    private const string Manager = "org.freedesktop.systemd1.Manager";
    private const string Properties = "org.freedesktop.DBus.Properties";
    private const byte MethodReturn = 2, Error = 3, Signal = 4;

    private readonly Socket socket;
    private uint serial;

    private SystemdBus(Socket socket) => this.socket = socket;

    /// <summary>Null when no systemd is there to be asked.</summary>
    public static async Task<SystemdBus?> TryConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            var bus = new SystemdBus(socket);
            await bus.AuthenticateAsync(cancellation);
            return bus;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Reads unit files again.</summary>
    public Task ReloadAsync(CancellationToken cancellation) => CallAsync("Reload", [], cancellation);

    /// <summary>Starts a unit, and waits until that has come out.</summary>
    /// <returns>How: <c>done</c>, <c>failed</c>, <c>timeout</c>, <c>canceled</c> or <c>dependency</c>.</returns>
    public async Task<string> StartAsync(string unit, CancellationToken cancellation)
    {
        var job = ReadText(await AskAsync(Manager, "StartUnit", [unit, "replace"], cancellation));
        while (true)
        {
            var (type, fields, body) = await ReceiveMessageAsync(cancellation);
            // Number, object path, unit and result of the job.
            if (type == Signal && Encoding.UTF8.GetString(fields).Contains("JobRemoved", StringComparison.Ordinal) && ReadText(body.AsSpan(4)) == job)
            {
                return Encoding.UTF8.GetString(body).TrimEnd('\0').Split('\0')[^1];
            }
        }
    }

    public Task StopAsync(string unit, CancellationToken cancellation) => CallAsync("StopUnit", [unit, "replace"], cancellation);

    /// <summary>Whether the machine is on its way down: the manager's SystemState, org.freedesktop.systemd1(5).</summary>
    public async Task<bool> IsStoppingAsync(CancellationToken cancellation)
    {
        var state = await AskAsync(Properties, "Get", [Manager, "SystemState"], cancellation);
        // A variant: the length of its signature, that, a zero byte; the string begins at a multiple of four.
        return state.Length > 4 && ReadText(state.AsSpan(4)) == "stopping";
    }

    public void Dispose() => socket.Dispose();

    /// <summary>A method call with strings for arguments, to the manager's object. Pure.</summary>
    internal static byte[] Call(uint serial, string member, params ReadOnlySpan<string> arguments) => Call(serial, Manager, member, arguments);

    private static byte[] Call(uint serial, string of, string member, ReadOnlySpan<string> arguments)
    {
        var body = new List<byte>();
        foreach (var argument in arguments)
        {
            Text(body, argument);
        }

        var fields = new List<byte>();
        Field(fields, 1, 'o', "/org/freedesktop/systemd1");
        Field(fields, 2, 's', of);
        Field(fields, 3, 's', member);
        Field(fields, 6, 's', "org.freedesktop.systemd1");
        if (arguments.Length > 0)
        {
            Field(fields, 8, 'g', new string('s', arguments.Length));
        }

        // Byte order, type, flags, version; length of the body, serial; length of the fields.
        var message = new List<byte> { (byte)'l', 1, 0, 1 };
        Number(message, (uint)body.Count);
        Number(message, serial);
        Number(message, (uint)fields.Count);
        message.AddRange(fields);
        Align(message, 8);
        message.AddRange(body);
        return [.. message];
    }

    private async Task AuthenticateAsync(CancellationToken cancellation)
    {
        // A zero byte, then SASL: EXTERNAL with the user id in digits, each of them in hexadecimal. Root's, or the socket had not opened.
        // BEGIN before the answer: a message that systemd reads together with it stays unnoticed in its buffer until the next comes.
        await SendAsync("\0AUTH EXTERNAL 30\r\nBEGIN\r\n"u8.ToArray(), cancellation);
        var line = new StringBuilder();
        var one = new byte[1];
        while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
        {
            await ReceiveAsync(one, cancellation);
            line.Append((char)one[0]);
        }

        if (!line.ToString().StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new CommandFailedException($"systemd does not let us in: {line.ToString().TrimEnd()}");
        }
    }

    private Task CallAsync(string member, string[] arguments, CancellationToken cancellation) => AskAsync(Manager, member, arguments, cancellation);

    /// <returns>The body of the answer.</returns>
    private async Task<byte[]> AskAsync(string of, string member, string[] arguments, CancellationToken cancellation)
    {
        await SendAsync(Call(++serial, of, member, arguments), cancellation);
        while (true)
        {
            var (type, _, body) = await ReceiveMessageAsync(cancellation);
            switch (type)
            {
                case MethodReturn:
                    return body;
                case Error:
                    throw new CommandFailedException($"systemd: {member}: {ReadText(body)}");
            }

            // A signal that it sends to everybody.
        }
    }

    private async Task<(byte Type, byte[] Fields, byte[] Body)> ReceiveMessageAsync(CancellationToken cancellation)
    {
        var start = new byte[16];
        await ReceiveAsync(start, cancellation);
        var fields = new byte[(BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(12)) + 7) / 8 * 8];
        await ReceiveAsync(fields, cancellation);
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(4))];
        await ReceiveAsync(body, cancellation);
        return (start[1], fields, body);
    }

    private static string ReadText(ReadOnlySpan<byte> body) =>
        body.Length >= 5 && BinaryPrimitives.ReadInt32LittleEndian(body) is var length && length <= body.Length - 5
            ? Encoding.UTF8.GetString(body.Slice(4, length)) : "it refused";

    private static void Field(List<byte> fields, byte code, char type, string value)
    {
        Align(fields, 8);
        fields.AddRange([code, 1, (byte)type, 0]);
        if (type == 'g')
        {
            fields.Add((byte)value.Length);
            fields.AddRange(Encoding.ASCII.GetBytes(value));
            fields.Add(0);
        }
        else
        {
            Text(fields, value);
        }
    }

    private static void Text(List<byte> to, string value)
    {
        Align(to, 4);
        var bytes = Encoding.UTF8.GetBytes(value);
        Number(to, (uint)bytes.Length);
        to.AddRange(bytes);
        to.Add(0);
    }

    private static void Number(List<byte> to, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        to.AddRange(bytes);
    }

    private static void Align(List<byte> to, int size)
    {
        while (to.Count % size != 0)
        {
            to.Add(0);
        }
    }

    private async Task SendAsync(byte[] bytes, CancellationToken cancellation)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), cancellation);
        }
    }

    private async Task ReceiveAsync(byte[] buffer, CancellationToken cancellation)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellation);
            filled += count > 0 ? count : throw new CommandFailedException("systemd closed the connection");
        }
    }
}
