using System.Net.Sockets;
using System.Text;
using Devoxx.Native.Processes;

namespace Devoxx.Native.Tests.Processes;

public sealed class NotifySocketTests
{
    [Fact]
    public async Task Tells_what_came_and_from_whom()
    {
        var directory = Directory.CreateTempSubdirectory("devoxx-notify-").FullName;
        using var reactor = new Reactor();
        using var socket = NotifySocket.Bind(directory);
        Assert.Null(socket.TryReceive());

        Send(directory, "READY=1");
        await reactor.WhenReadable(socket).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var datagram = socket.TryReceive()!.Value;
        Assert.Equal(("READY=1", Environment.ProcessId), (Encoding.UTF8.GetString(datagram.Text), datagram.Pid));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Is_taken_from_whoever_holds_it_with_what_has_come_meanwhile()
    {
        var directory = Directory.CreateTempSubdirectory("devoxx-notify-").FullName;
        SpawnedProcess holder;
        using (var socket = NotifySocket.Bind(directory))
        {
            holder = Spawn.Start("/bin/sleep", ["sleep", "1000"], [], extra: [(socket, 4)]);
        }

        Send(directory, "READY=1");
        using (var taken = NotifySocket.Take(holder.PidFd, 4)!)
        {
            Assert.Equal("READY=1", Encoding.UTF8.GetString(taken.TryReceive()!.Value.Text));
        }

        Assert.Null(NotifySocket.Take(holder.PidFd, 5));
        holder.PidFd.SendSignal(9);
        holder.PidFd.Reap();
        holder.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static void Send(string directory, string text)
    {
        using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        sender.SendTo(Encoding.UTF8.GetBytes(text), new UnixDomainSocketEndPoint($"{directory}/{NotifySocket.Name}"));
    }
}
