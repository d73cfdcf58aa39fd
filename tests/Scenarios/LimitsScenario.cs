using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/limits.</summary>
public sealed class LimitsScenario
{
    private static readonly string Stack = Executables.Example("limits");

    [Fact]
    public async Task Enforces_limits_and_calls_an_oom_kill_by_its_name()
    {
        await using var sandbox = await Sandbox.Create();
        using var events = sandbox.Events();
        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();

        var exited = await events.Until("container.exited", "hungry");
        Assert.Contains("oom", exited.Payload.ToString(), StringComparison.OrdinalIgnoreCase);

        var containers = await sandbox.Containers("-f", Stack);
        var frugal = Assert.Single(containers["frugal"]).GetProperty("ID").GetString()!;
        Assert.Equal((32 << 20).ToString(), sandbox.CgroupFile(frugal, "memory.limit_in_bytes", "memory.max"));
        Assert.Equal((16 << 20).ToString(), sandbox.CgroupFile(frugal, "memory.soft_limit_in_bytes", "memory.low"));
        Assert.Contains(sandbox.CgroupFile(frugal, "memory.memsw.limit_in_bytes", "memory.swap.max"), (string[])[(32 << 20).ToString(), "0"]);
        Assert.Contains(sandbox.CgroupFile(frugal, "cpu.cfs_quota_us", "cpu.max"), (string[])["50000", "50000 100000"]);
        Assert.Contains(sandbox.CgroupFile(frugal, "cpu.shares", "cpu.weight"), (string[])["512", "59"]);
        Assert.Equal("20", sandbox.CgroupFile(frugal, "pids.max"));

        var throttled = Assert.Single(containers["throttled"]).GetProperty("ID").GetString()!;
        Assert.Equal((16 << 20).ToString(), sandbox.CgroupFile(throttled, "memory.limit_in_bytes", "memory.max"));
        Assert.Contains(sandbox.CgroupFile(throttled, "cpu.cfs_quota_us", "cpu.max"), (string[])["20000", "20000 100000"]);
        Assert.Equal("10", sandbox.CgroupFile(throttled, "pids.max"));

        var hungry = Assert.Single(containers["hungry"]);
        Assert.Equal(("exited", 137), (hungry.GetProperty("State").GetString(), hungry.GetProperty("ExitCode").GetInt32()));
        await sandbox.AssertNothingLeft(Stack);
    }

    [Fact]
    public async Task Lets_no_more_processes_be_than_the_limit_says()
    {
        await using var sandbox = await Sandbox.Create();
        (await sandbox.Compose("-f", Stack, "up", "-d", "forking")).Succeeded();
        using var logs = sandbox.Start("-f", Stack, "logs", "-f", "forking");

        await logs.Line("can't fork");

        Assert.DoesNotContain(logs.LinesSoFar, line => line.Contains("unreachable", StringComparison.Ordinal));
        await sandbox.AssertNothingLeft(Stack);
    }

    [Fact]
    public async Task Refuses_a_limit_that_cannot_be_enforced_and_names_it()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, cpuset: "4000", command: sleep 1000}
            """);

        var up = await sandbox.Compose("up", "-d");

        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("cpuset.cpus", up.Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Takes_a_kill_from_outside_for_what_it_is()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, mem_limit: 32m, command: sleep 1000000}
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();

        (await sandbox.Compose("kill")).Succeeded();

        var exited = await events.Until("container.exited", "one");
        Assert.Contains("137", exited.Payload.ToString());
        Assert.False(OutOfMemory(exited), exited.ToString());
        await sandbox.AssertNothingLeft();
    }

    private static bool OutOfMemory(JournalEvent exited) =>
        exited.Payload.TryGetProperty("outOfMemory", out var told) && told.ValueKind == System.Text.Json.JsonValueKind.True;

    [Fact]
    public async Task The_supervisor_may_hold_as_many_files_as_it_is_allowed_and_containers_what_it_was_started_with()
    {
        await using var sandbox = await Sandbox.Create(first => first.Prelude = "ulimit -Sn 600");
        sandbox.Write("services: {own: {image: busybox:1.36, network_mode: none, command: sh -c 'ulimit -Sn'}, other: {image: busybox:1.36, network_mode: none, ulimits: {nofile: 500}, command: sh -c 'ulimit -Sn'}}");
        var up = (await sandbox.Compose("up", "--no-color")).Succeeded().Out;
        Assert.Matches("(?m)^own-1 +\\| 600$", up);
        Assert.Matches("(?m)^other-1 +\\| 500$", up);
        (await sandbox.Compose("ls")).Succeeded();
        var limits = Assert.Single(File.ReadAllLines($"/proc/{sandbox.Supervisor().Pid}/limits"), line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(limits[4], limits[3]);
        await sandbox.AssertNothingLeft();
    }
}
