using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>rm, scale, create, wait, top, stats, volumes, and the systemd unit.</summary>
public sealed class VerbsScenario
{
    private const string Stack = """
        services:
          web: {image: busybox:1.36, command: sleep 1000000, init: true, volumes: [/cache, "data:/data"], mem_limit: 32m}
          busy: {image: busybox:1.36, command: "sh -c 'dd if=/dev/zero of=/written bs=1M count=8 conv=fsync; while :; do :; done'", init: true, cpus: 0.2}
        volumes: {data: {}}
        """;

    [Fact]
    public async Task Create_makes_scale_multiplies_and_rm_removes()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("create", "web")).Succeeded();
        Assert.Equal("created", Assert.Single((await sandbox.Containers())["web"]).GetProperty("State").GetString());

        (await sandbox.Compose("up", "-d", "web")).Succeeded();
        var first = await sandbox.Id("web");
        (await sandbox.Compose("scale", "web=3")).Succeeded();
        var three = (await sandbox.Compose("ps", "-q", "web")).Succeeded().Lines;
        Assert.Equal(3, three.Count);
        Assert.Contains(three, id => id.StartsWith(first, StringComparison.Ordinal));

        // What runs stays, and nobody to ask means no.
        Assert.Contains("No stopped containers", (await sandbox.Compose("rm", "-f")).Succeeded().Error);
        (await sandbox.Compose("stop", "-t", "1", "web")).Succeeded();
        using (var asked = sandbox.Start("rm", "web"))
        {
            asked.Input.Close();
            Assert.Contains("nothing is removed", (await asked.Ended()).FailedWith(1).Error);
        }

        using (var asked = sandbox.Start("rm", "-v", "web"))
        {
            await asked.Input.WriteAsync("y\n");
            asked.Input.Close();
            (await asked.Ended()).Succeeded();
        }

        Assert.Empty((await sandbox.Compose("ps", "-aq")).Succeeded().Out);
        Assert.EndsWith("_data\n", (await sandbox.Compose("volumes", "-q")).Succeeded().Out);

        (await sandbox.Compose("up", "-d", "--scale", "web=2")).Succeeded();
        (await sandbox.Compose("rm", "-s", "-f", "-v", "web")).Succeeded();
        Assert.Equal("busy\n", (await sandbox.Compose("ps", "-a", "--services")).Succeeded().Out);
        (await sandbox.Compose("rm", "-s", "-f")).Succeeded();
        Assert.Empty((await sandbox.Compose("ps", "-aq")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Wait_ends_with_what_it_waits_for()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              faster: {image: busybox:1.36, command: "sh -c 'sleep 0.5; exit 3'"}
              slower: {image: busybox:1.36, command: "sh -c 'sleep 1; exit 5'"}
              infinity: {image: busybox:1.36, command: sleep 1000000}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var both = sandbox.Start("wait", "faster", "slower");
        (await sandbox.Compose("wait", "faster")).FailedWith(3);
        Assert.Equal(2, (await both.Ended()).FailedWith(5).Lines.Count);

        (await sandbox.Compose("restart", "faster")).Succeeded();
        (await sandbox.Compose("wait", "--down-project", "faster", "infinity")).FailedWith(3);
        Assert.Empty((await sandbox.Compose("ps", "-aq")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Top_and_stats_show_what_the_kernel_counts()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        var top = (await sandbox.Compose("top")).Succeeded();
        Assert.StartsWith("SERVICE", top.Lines[0]);
        Assert.Contains("sleep 1000000", top.Out);
        foreach (var pid in sandbox.ProcessesOf(await sandbox.Id("web")))
        {
            Assert.Contains($" {pid} ", top.Out);
        }

        var stats = (await sandbox.Compose("stats", "--no-stream", "--format", "json")).Succeeded().Json.ToDictionary(row => row.GetProperty("Name").GetString()![^6..]);
        Assert.EndsWith("/ 32MiB", stats["-web-1"].GetProperty("MemUsage").GetString());
        Assert.Equal("2", stats["-web-1"].GetProperty("PIDs").GetString());
        // A fifth of a processor, on a machine that others use too.
        Assert.InRange(double.Parse(stats["busy-1"].GetProperty("CPUPerc").GetString()!.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture), 3, 30);

        // Eight mebibytes to a disk that is one, whichever counter this host has; nothing of it is read.
        Assert.Matches(@"^(\S+ / [1-9][0-9.]*MB|\S+ / 0B)$", stats["busy-1"].GetProperty("BlockIO").GetString());

        using var stream = sandbox.Start("stats", "--format", "{{.Name}} {{.CPUPerc}}", "web");
        await stream.Line("-web-1 ");
        stream.Signal("INT");
        (await stream.Ended()).FailedWith(130);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>As systemd would: told when it is ready, it stays although nothing runs, and stopping it stops nothing else.</summary>
    [Fact]
    public async Task The_supervisor_says_when_it_is_ready_and_leaves_alone()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {web: {image: busybox:1.36, command: sleep 1000000, init: true, network_mode: none}}");
        var service = await sandbox.StartSupervisor(idleTimeout: 0);
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Contains($"pid {service.Pid},", (await sandbox.Compose("supervisor", "status")).Succeeded().Out);
        var pids = sandbox.ProcessesOf(await sandbox.Id("web"));
        service.Signal("TERM");
        (await service.Ended()).Succeeded();
        Assert.Equal(pids, sandbox.ProcessesOf(await sandbox.Id("web")));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task The_supervisor_is_installed_for_the_next_boot()
    {
        await using var sandbox = await Sandbox.Create();
        var system = sandbox.Directory + "/system";
        Assert.Contains("would write", (await sandbox.Compose("--dry-run", "supervisor", "install", "--install-root", system)).Succeeded().Out);
        Assert.False(Directory.Exists(system));

        (await sandbox.Compose("supervisor", "install", "--install-root", system)).Succeeded();
        var unit = Assert.Single(Directory.GetFiles(system + "/etc/systemd/system", "*.service"));
        Assert.Contains($"ExecStart={Executables.Compose} supervisor --root {sandbox.Root} --idle-timeout 0", File.ReadAllText(unit));
        Assert.Contains("starts it at boot", (await sandbox.Compose("supervisor", "status", "--install-root", system)).Succeeded().Out);

        (await sandbox.Compose("supervisor", "uninstall", "--install-root", system)).Succeeded();
        Assert.False(File.Exists(unit));
        Assert.Contains("does not start it at boot", (await sandbox.Compose("supervisor", "status", "--install-root", system)).Succeeded().Out);
        (await sandbox.Compose("supervisor", "uninstall", "--install-root", system)).FailedWith(1);
        await sandbox.AssertNothingRemains();
    }
}
