using System.Net.Sockets;
using System.Text;
using Devoxx.Native.Systemd;
using Xunit;

namespace Devoxx.Native.Tests.Systemd;

/// <summary>The client against a manager that the test plays; against a real one it is tested with the runtime.</summary>
public sealed class SystemdBusTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public SystemdBusTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
    }

    private string Path => _directory.Path + "/private";

    [Theory]
    [InlineData("DATA\r\nOK 0123\r\n")]
    [InlineData("OK 0123\r\nOK 0123\r\n")] // before systemd 247
    public async Task Is_let_in_and_waits_for_the_end_of_a_job(string greeting)
    {
        var manager = Task.Run(() =>
        {
            using var client = _listener.Accept();
            Assert.Equal("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", Encoding.ASCII.GetString(Receive(client, 29)));
            client.Send(Encoding.ASCII.GetBytes(greeting));
            Call(client, "StopUnit");

            // The end of another job before the answer, and of this one in pieces.
            client.Send([.. JobRemoved("/job/1", "failed"), .. Reply(1, DBusValue.ObjectPath("/job/2"))]);
            var removed = JobRemoved("/job/2", "done");
            client.Send(removed[..20]);
            client.Send(removed[20..]);
            Call(client, "ResetFailedUnit");
            client.Send(Refusal(2, SystemdException.NoSuchUnit, "Unit x not loaded."));
            Assert.Equal(0, client.Receive(new byte[1]));
        }, TestContext.Current.CancellationToken);
        using (var bus = SystemdBus.Connect(Path))
        {
            var job = bus.Stop("x.scope");
            Assert.Equal(("/job/2", "done"), (job, bus.AwaitJob(job, Patience)));
            Assert.Equal("failed", bus.AwaitJob("/job/1", TimeSpan.Zero));
            var refused = Assert.Throws<SystemdException>(() => bus.ResetFailed("x.scope"));
            Assert.Equal(("systemd: ResetFailedUnit: Unit x not loaded.", SystemdException.NoSuchUnit), (refused.Message, refused.ErrorName));
            Assert.Equal("systemd: no answer to the end of /job/9 within 0 seconds", Assert.Throws<SystemdException>(() => bus.AwaitJob("/job/9", TimeSpan.Zero)).Message);
        }

        await manager;
    }

    [Fact]
    public async Task Says_so_when_the_connection_ends()
    {
        var manager = Task.Run(() => _listener.Accept().Dispose(), TestContext.Current.CancellationToken);
        var refused = Assert.ThrowsAny<IOException>(() => SystemdBus.Connect(Path));
        Assert.True(refused is SystemdException or LinuxException { ErrnoName: "EPIPE" or "ECONNRESET" }, refused.Message);
        await manager;
    }

    [Fact]
    public void Nobody_there_is_an_answer()
    {
        using var deaf = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        deaf.Bind(new UnixDomainSocketEndPoint(_directory.Path + "/deaf"));
        Assert.Null(SystemdBus.TryConnect(_directory.Path + "/deaf"));
        Assert.Null(SystemdBus.TryConnect(_directory.Path + "/nothing"));
        Assert.Equal("ECONNREFUSED", Assert.Throws<LinuxException>(() => SystemdBus.Connect(_directory.Path + "/deaf")).ErrnoName);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }

    private static byte[] Receive(Socket client, int length)
    {
        var all = new byte[length];
        for (var done = 0; done < length;)
        {
            var got = client.Receive(all.AsSpan(done));
            Assert.NotEqual(0, got);
            done += got;
        }

        return all;
    }

    private static void Call(Socket client, string member)
    {
        var header = Receive(client, DBusMessage.FixedHeader);
        var (fields, body) = DBusMessage.Rest(header);
        Assert.Equal(member, DBusMessage.Parse(header, Receive(client, fields), Receive(client, body)).Member);
    }

    private static byte[] Reply(uint to, params DBusValue[] arguments) => Message(DBusMessage.MethodReturn, [(5, DBusValue.UInt32(to))], arguments);

    private static byte[] Refusal(uint to, string name, string text) => Message(DBusMessage.Error, [(4, DBusValue.Text(name)), (5, DBusValue.UInt32(to))], DBusValue.Text(text));

    private static byte[] JobRemoved(string job, string result) => Message(
        DBusMessage.Signal, [(1, DBusValue.ObjectPath("/org/freedesktop/systemd1")), (3, DBusValue.Text("JobRemoved"))],
        DBusValue.UInt32(7), DBusValue.ObjectPath(job), DBusValue.Text("x.scope"), DBusValue.Text(result));

    private static byte[] Message(byte type, (int Code, DBusValue Value)[] fields, params DBusValue[] arguments)
    {
        var body = new DBusWriter();
        foreach (var argument in arguments)
        {
            argument.Write(body);
        }

        var message = new DBusWriter();
        message.Raw([(byte)'l', type, 1, 1]);
        message.Number(body.Length, 4);
        message.Number(99, 4);
        DBusValue.Array("(yv)", [.. fields.Select(field => DBusValue.Struct(DBusValue.Integer('y', field.Code.ToString()), DBusValue.Variant(field.Value)))]).Write(message);
        message.Align(8);
        message.Raw(body.ToArray());
        return message.ToArray();
    }
}
