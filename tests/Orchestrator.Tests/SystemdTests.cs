using System.Net.Sockets;
using System.Text;
using Devoxx.Orchestrator.Systemd;
using Devoxx.Supervisor;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class SystemdTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("devoxx-systemd-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void The_unit_starts_the_supervisor_of_its_root_and_stops_nothing_else()
    {
        var unit = new SystemdUnit("/usr/local/bin/devoxx-compose", StateRoot.At("/var/lib/devoxx"));
        Assert.Equal("devoxx.service", unit.Name);
        Assert.Equal(
            """
            # Made by `devoxx-compose supervisor install`; `devoxx-compose supervisor uninstall` removes it.
            [Unit]
            Description=devoxx-compose supervisor of /var/lib/devoxx
            Wants=network-online.target
            After=network-online.target local-fs.target
            RequiresMountsFor=/var/lib/devoxx

            [Service]
            Type=notify
            ExecStart=/usr/local/bin/devoxx-compose supervisor --root /var/lib/devoxx --idle-timeout 0
            KillMode=process
            Restart=on-failure
            RestartSec=1
            Delegate=yes
            TasksMax=infinity
            LimitNOFILE=1024:1048576
            OOMScoreAdjust=-500

            [Install]
            WantedBy=multi-user.target

            """, unit.Text());
    }

    [Fact]
    public void What_systemd_would_read_otherwise_is_escaped_and_another_root_has_a_unit_of_its_own()
    {
        var unit = new SystemdUnit("/opt/my tools/devoxx-compose", StateRoot.At("/srv/100% \"real\" $x"), "/opt/rt");
        Assert.Contains("ExecStart=\"/opt/my tools/devoxx-compose\" supervisor --root \"/srv/100%% \\\"real\\\" $$x\" --idle-timeout 0\nEnvironment=DEVOXX_RUNTIME=/opt/rt\nKillMode", unit.Text());
        Assert.Contains("RequiresMountsFor=\"/srv/100%% \\\"real\\\" $x\"\n", unit.Text());
        Assert.Matches("^devoxx-[0-9a-f]{12}\\.service$", unit.Name);
    }

    [Fact]
    public void Install_writes_unit_and_link_again_and_again_and_uninstall_takes_both()
    {
        var files = new SystemdFiles(new SystemdUnit("/bin/x", StateRoot.At("/var/lib/devoxx")), directory);
        Assert.False(files.IsInstalled || files.IsEnabled);
        files.Install();
        files.Install();
        Assert.True(files is { IsInstalled: true, IsEnabled: true, IsCurrent: true });
        Assert.Equal("/etc/systemd/system/devoxx.service", new FileInfo(directory + "/etc/systemd/system/multi-user.target.wants/devoxx.service").LinkTarget);
        File.AppendAllText(files.UnitPath, "# changed by hand\n");
        Assert.False(files.IsCurrent);
        files.Uninstall();
        Assert.False(files.IsInstalled || files.IsEnabled);
    }

    [Fact]
    public async Task Tells_systemd_in_its_own_words_and_passes_its_refusal_on()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory + "/private"));
        listener.Listen();
        var systemd = ServeAsync(listener);
        using (var bus = await SystemdBus.TryConnectAsync(directory + "/private", TestContext.Current.CancellationToken))
        {
            await bus!.ReloadAsync(TestContext.Current.CancellationToken);
            var refused = await Assert.ThrowsAsync<CommandFailedException>(() => bus.StartAsync("devoxx.service", TestContext.Current.CancellationToken));
            Assert.Equal("systemd: StartUnit: no", refused.Message);
        }

        Assert.Equal(SystemdBus.Call(1, "Reload").Concat(SystemdBus.Call(2, "StartUnit", "devoxx.service", "replace")), await systemd);
        Assert.Null(await SystemdBus.TryConnectAsync(directory + "/nobody", TestContext.Current.CancellationToken));
    }

    /// <summary>libdbus reads these bytes as the call they are meant to be (dbus_message_demarshal); here their shape is held.</summary>
    [Fact]
    public void A_call_is_a_message_of_dbus()
    {
        var call = SystemdBus.Call(2, "StartUnit", "a", "b");
        Assert.Equal((byte)'l', call[0]);
        Assert.Equal(14, BitConverter.ToInt32(call, 4)); // "a" with its length and end is 6, two bytes between, "b" 6
        Assert.Equal(2, BitConverter.ToInt32(call, 8));
        var fields = BitConverter.ToInt32(call, 12);
        Assert.Equal(call.Length, ((16 + fields + 7) / 8 * 8) + 14);
        Assert.Contains("StartUnit", Encoding.ASCII.GetString(call));
    }

    /// <summary>Lets the client in, answers its first call with success and its second with an error; returns what both were.</summary>
    private static async Task<byte[]> ServeAsync(Socket listener)
    {
        using var client = await listener.AcceptAsync();
        var all = new List<byte>();
        var buffer = new byte[4096];
        async Task ReadUntil(Func<bool> enough)
        {
            while (!enough())
            {
                var count = await client.ReceiveAsync(buffer.AsMemory());
                Assert.NotEqual(0, count);
                all.AddRange(buffer.AsSpan(0, count));
            }
        }

        bool Ends(string text) => Encoding.ASCII.GetString([.. all]).EndsWith(text, StringComparison.Ordinal);
        await ReadUntil(() => Ends("BEGIN\r\n"));
        Assert.Equal("\0AUTH EXTERNAL 30\r\nBEGIN\r\n", Encoding.ASCII.GetString([.. all]));
        await client.SendAsync("OK 0123456789abcdef\r\n"u8.ToArray());
        all.Clear();
        var (first, second) = (SystemdBus.Call(1, "Reload").Length, SystemdBus.Call(2, "StartUnit", "devoxx.service", "replace").Length);
        await ReadUntil(() => all.Count >= first);
        await client.SendAsync(Message(4, []).Concat(Message(2, [])).ToArray());
        await ReadUntil(() => all.Count >= first + second);
        await client.SendAsync(Message(3, [2, 0, 0, 0, (byte)'n', (byte)'o', 0]));
        return [.. all];
    }

    private static byte[] Message(byte type, byte[] body) => [(byte)'l', type, 0, 1, (byte)body.Length, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, .. body];
}
