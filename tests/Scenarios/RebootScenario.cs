using Devoxx.Native.Cgroups;
using Devoxx.Native.Files;
using Devoxx.Native.Netlink;
using Devoxx.Scenarios.Recovery;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>The machine goes and comes back: every process, mount and cgroup is gone, /run is empty, and it is another boot.</summary>
public sealed class RebootScenario
{
    private const string Stack = """
        name: boot
        services:
          app: {image: busybox:1.36, init: true, command: sleep 1000000, restart: unless-stopped, depends_on: {db: {condition: service_healthy}}}
          db: {image: busybox:1.36, init: true, command: "sh -c 'rm -f /ready; usleep 700000; touch /ready; exec sleep 1000000'", restart: always, healthcheck: {test: [CMD, test, -e, /ready], interval: 150ms, retries: 100}, volumes: ["data:/data", "memory:/memory"], mem_limit: 32m}
          once: {image: busybox:1.36, init: true, command: sleep 1000000, restart: "no"}
          stopped: {image: busybox:1.36, init: true, command: sleep 1000000, restart: unless-stopped}
          created: {image: busybox:1.36, init: true, command: sleep 1000000, restart: always, profiles: [never]}
        volumes:
          data: {}
          memory: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m"}}
        """;

    [Fact]
    public async Task What_is_to_run_always_comes_back_in_order_and_nothing_else()
    {
        await using var sandbox = await Sandbox.Create();
        await Sandbox.Kill([sandbox.Supervisor()]);
        sandbox.Write(Stack);
        sandbox.BootId = Guid.NewGuid().ToString();
        var journal = new JournalModel(sandbox.Root + "/journal.db");
        (await sandbox.Compose("up", "-d")).Succeeded();
        (await sandbox.Compose("stop", "-t", "3", "stopped")).Succeeded();
        await KernelComparison.AssertEqual(sandbox, journal, "before the reboot");
        await File.WriteAllTextAsync(sandbox.Root + "/volumes/boot_data/_data/precious", "data");
        var last = journal.Newest;

        await Reboot(sandbox);
        await Returns(sandbox, last);
        await KernelComparison.AssertEqual(sandbox, journal, "after the reboot");

        Assert.Equal(
            [("app", ContainerPhase.Running), ("db", ContainerPhase.Running), ("once", ContainerPhase.Exited), ("stopped", ContainerPhase.Exited)],
            journal.Containers.Select(c => (c.State.Spec!.Service, c.State.Phase)).Order());
        Assert.Equal("data", await File.ReadAllTextAsync(sandbox.Root + "/volumes/boot_data/_data/precious"));
        var history = (await sandbox.History()).Where(happened => happened.Ordering > last).ToList();
        Assert.Equal(["app", "db", "once"], history.Where(happened => happened.Type == "container.exited").Select(happened => happened.Service).Order());
        Assert.All(history.Where(happened => happened.Type == "container.exited"), happened => Assert.Equal(255, happened.Payload.GetProperty("exitCode").GetInt32()));
        Assert.Equal(
            ["db started", "db healthy", "app start-requested", "app started"],
            history.Select(happened => (happened.Type, happened.Service) switch
            {
                ("container.started", "db" or "app") => $"{happened.Service} started",
                ("container.health-changed", "db") => "db healthy",
                ("container.start-requested", "app") => "app start-requested",
                _ => "",
            }).Where(text => text.Length > 0));
        Assert.Contains(history, happened => happened is { Type: "container.waiting", Service: "app" } && happened.Payload.GetProperty("reason").GetString() == "waiting for db to become healthy");
        Assert.All(
            history.Where(happened => happened.Type == "container.start-requested"), happened => Assert.Equal("Policy", happened.Payload.GetProperty("startedBy").GetString()));
        last = journal.Newest;

        // Again at once: the same.
        await Reboot(sandbox);
        await Returns(sandbox, last);
        await KernelComparison.AssertEqual(sandbox, journal, "after the second reboot");
        Assert.Equal(2, journal.Containers.Count(c => c.State.Phase == ContainerPhase.Running));
        (await sandbox.Compose("down", "-v", "-t", "3")).Succeeded();
        await sandbox.AssertNothingRemains();
    }

    /// <summary>A supervisor comes, and what waits for another to be healthy too.</summary>
    private static async Task Returns(Sandbox sandbox, long last)
    {
        using var events = sandbox.Events();
        (await sandbox.Compose("ls")).Succeeded();
        await events.Until(happened => happened is { Type: "container.started", Service: "app" } && happened.Ordering > last, "app after the reboot");
    }

    private static async Task Reboot(Sandbox sandbox)
    {
        await Shutdown(sandbox);
        sandbox.BootId = Guid.NewGuid().ToString();
    }

    /// <summary>As a power cut: nobody is told, and nothing is left but the disk.</summary>
    internal static async Task Shutdown(Sandbox sandbox)
    {
        // Supervisor and monitors first, so that nobody records anything of the end.
        await Sandbox.Kill(sandbox.Processes().OrderBy(process => process.Role == "container"));
        await Sandbox.Kill(sandbox.Processes());
        var host = CgroupHost.Detect();
        foreach (var id in Cgroup.Children(host, sandbox.CgroupParent))
        {
            Cgroup.OpenExisting(host, $"{sandbox.CgroupParent}/{id}")?.Remove();
        }

        Cgroup.OpenExisting(host, sandbox.CgroupParent)?.Remove();
        var ours = new LinkNames(StateRoot.At(sandbox.Root)).Prefix;
        using (var route = NetlinkSocket.OpenRoute())
        {
            foreach (var link in Directory.EnumerateFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path)).Where(link => link.StartsWith(ours, StringComparison.Ordinal)))
            {
                Links.Delete(route, link);
            }
        }

        SafeTree.Delete(sandbox.RunDirectory);
    }
}
