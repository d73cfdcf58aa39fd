using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Who shares the network of another is never left in one that is gone.</summary>
public sealed class SharedNetworkScenario
{
    [Fact]
    public async Task Whoever_shares_the_network_of_another_follows_it_into_every_new_run()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            name: lender
            services:
              vpn: { image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, restart: always, ports: ["127.0.0.1::80"] }
              beside: { image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, network_mode: "service:vpn" }
            """);
        sandbox.Write("""
            name: borrower
            services: { far: { image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, network_mode: "container:lender-vpn-1" } }
            """, "borrower.yaml");
        (await sandbox.Compose("up", "-d")).Succeeded();
        (await sandbox.Compose("-f", "borrower.yaml", "up", "-d")).Succeeded();
        Assert.Equal(await Namespace("vpn"), await Namespace("beside"));
        Assert.Equal(await Namespace("vpn"), await Namespace("far", "-f", "borrower.yaml"));

        // It crashes, and its policy starts it again.
        var before = await Namespace("vpn");
        await Sandbox.Kill(sandbox.Processes().Where(p => p.Pid == sandbox.ProcessesOf(sandbox.Id("vpn").Result).Single()));
        await TogetherAgain(before);

        // Somebody stops it for a while.
        before = await Namespace("vpn");
        (await sandbox.Compose("stop", "vpn")).Succeeded();
        Assert.Equal(before, await Namespace("beside"));
        (await sandbox.Compose("start", "vpn")).Succeeded();
        await TogetherAgain(before);

        // It ends while nobody looks.
        before = await Namespace("vpn");
        var vpn = await sandbox.Id("vpn");
        var process = sandbox.ProcessesOf(vpn).Single();
        await Sandbox.Kill([sandbox.Supervisor()]);
        await Sandbox.Kill(sandbox.Processes().Where(p => p.Pid == process));
        (await sandbox.Compose("ps")).Succeeded();
        await TogetherAgain(before);

        // And nothing happens when nothing has happened.
        var runs = (await sandbox.History()).Count(e => e.Type == "container.started");
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("ps")).Succeeded();
        (await sandbox.Compose("up", "-d")).Succeeded();
        var history = await sandbox.History();
        Assert.Equal(runs, history.Count(e => e.Type == "container.started"));
        Assert.Contains(history, e => e.Type == "container.stop-requested" && e.ToString().Contains("lender-vpn-1, whose network it shares, has been started again"));
        await sandbox.AssertNothingLeft("borrower.yaml", "compose.yaml");

        async Task TogetherAgain(string? old)
        {
            for (var deadline = Environment.TickCount64 + 20_000; ; await Task.Delay(50))
            {
                var all = new[] { await Namespace("vpn"), await Namespace("beside"), await Namespace("far", "-f", "borrower.yaml") };
                if (all[0] is not null && all[0] != old && all.Distinct().Count() == 1)
                {
                    return;
                }

                Assert.True(Environment.TickCount64 < deadline, $"was {old}, is {string.Join(", ", all)}");
            }
        }

        async Task<string?> Namespace(string service, params string[] global)
        {
            var process = sandbox.ProcessesOf(await sandbox.Id(service, global)).FirstOrDefault();
            try
            {
                return process == 0 ? null : new FileInfo($"/proc/{process}/ns/net").LinkTarget;
            }
            catch (IOException)
            {
                return null; // it has just ended
            }
        }
    }
}
