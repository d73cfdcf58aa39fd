using System.Net.Sockets;
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
    public async Task Passes_a_refusal_of_systemd_on_as_the_commands_failure()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory + "/private"));
        listener.Listen();
        var served = RefuseAsync(listener);
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => Systemctl.TryConnectAsync(TestContext.Current.CancellationToken, directory + "/private"));
        Assert.Equal("systemd: it does not let us in: REJECTED, REJECTED", refused.Message);
        await served;
        Assert.Null(await Systemctl.TryConnectAsync(TestContext.Current.CancellationToken, directory + "/nobody"));
    }

    private static async Task RefuseAsync(Socket listener)
    {
        using var client = await listener.AcceptAsync();
        await client.SendAsync("REJECTED\r\nREJECTED\r\n"u8.ToArray());
    }
}
