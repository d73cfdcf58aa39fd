using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>The supervisor as a unit of systemd: at boot, when it is restarted, and when the machine stops.</summary>
public sealed class SystemdScenario
{
    private const string Stack = """
        name: boot
        services:
          web: {image: busybox:1.36, network_mode: none, restart: unless-stopped, depends_on: [db], volumes: ["./ends:/ends"], command: "sh -c 'trap \"echo web >>/ends/order; exit 0\" TERM; echo up; while :; do sleep 0.1; done'"}
          db: {image: busybox:1.36, network_mode: none, restart: always, stop_grace_period: 100s, volumes: ["./ends:/ends"], command: "sh -c 'trap \"sleep 1; echo db >>/ends/order; exit 0\" TERM; echo up; while :; do sleep 0.1; done'"}
          once: {image: busybox:1.36, network_mode: none, restart: "no", stop_signal: SIGINT, init: true, command: sleep 1000000}
        """;

    [Fact]
    public async Task A_machine_that_stops_lets_containers_end_and_has_them_back_when_it_boots()
    {
        await using var sandbox = await Sandbox.Create();
        await Sandbox.Kill([sandbox.Supervisor()]);
        sandbox.Write(Stack);
        Directory.CreateDirectory(sandbox.Directory + "/ends");
        string unit;
        long last;
        await using (var machine = await SystemdMachine.Boot(sandbox))
        {
            var installed = (await sandbox.Compose("supervisor", "install")).Succeeded().Out;
            unit = sandbox.Name + ".service";
            Assert.Contains($"Started {unit}", installed);
            (await sandbox.Compose("up", "-d")).Succeeded();
            using (var logs = sandbox.Start("logs", "-f", "--no-log-prefix"))
            {
                await logs.Line("up");
            }

            // A new version of the program, say: containers run on.
            var before = await Ids(sandbox);
            var supervisor = sandbox.Supervisor();
            machine.Run("systemctl", "restart", unit);
            Assert.Equal(before, await Ids(sandbox));
            Assert.NotEqual(supervisor.Pid, sandbox.Supervisor().Pid);
            Assert.False(File.Exists(sandbox.Directory + "/ends/order"));

            last = (await sandbox.History())[^1].Ordering;
            await machine.PowerOff();
            Assert.Equal(["web", "db"], File.ReadAllLines(sandbox.Directory + "/ends/order"));
        }

        await using (var machine = await SystemdMachine.Boot(sandbox))
        {
            Assert.Equal(["active"], machine.Run("systemctl", "is-active", unit));
            using (var events = sandbox.Events())
            {
                await events.Until(happened => happened is { Type: "container.started", Service: "web" } && happened.Ordering > last, "web after the boot");
            }

            Assert.Equal([("db", "running"), ("once", "exited"), ("web", "running")], (await Ids(sandbox)).Select(c => (c.Service, c.State)));
            var history = (await sandbox.History()).Where(happened => happened.Ordering > last).ToList();
            var exits = history.Where(happened => happened.Type == "container.exited").ToDictionary(happened => happened.Service!, happened => happened.Payload);
            Assert.Equal([("db", 0), ("once", 130), ("web", 0)], exits.Select(exit => (exit.Key, exit.Value.GetProperty("exitCode").GetInt32())).Order());
            Assert.All(exits.Values, exit => Assert.Equal("the machine stops", exit.GetProperty("cause").GetString()));
            Assert.All(
                history.Where(happened => happened.Type == "container.start-requested"), happened => Assert.Equal("Policy", happened.Payload.GetProperty("startedBy").GetString()));

            (await sandbox.Compose("down", "-v", "-t", "1")).Succeeded();
            (await sandbox.Compose("supervisor", "uninstall")).Succeeded();
            await machine.PowerOff();
        }

        await sandbox.AssertNothingRemains();
    }

    private static async Task<IReadOnlyList<(string Service, string State, string Id)>> Ids(Sandbox sandbox) =>
        [.. (await sandbox.Containers()).SelectMany(group => group).Select(c => (c.GetProperty("Service").GetString()!, c.GetProperty("State").GetString()!, c.GetProperty("ID").GetString()!)).Order()];
}
