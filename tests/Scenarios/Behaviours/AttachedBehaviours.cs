using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>Behaviours 4, 5, 11, 12 and 13 of the reference: up in the foreground. (12 and 13 stand in <see cref="AttachedScenario"/>.)</summary>
public sealed class AttachedBehaviours
{
    private const string Stack = """
        services:
          job: {image: busybox:1.36, command: "sh -c 'usleep 300000; exit ${CODE}'"}
          server: {image: busybox:1.36, command: "sh -c 'trap \"exit 143\" TERM; while :; do sleep 1000 & wait $$!; done'"}
        """;

    /// <summary>4. --exit-code-from returns the service's code, 143 if the abort stopped it. 5. --abort-on-container-exit exits 0 without it; -failure passes the code on.</summary>
    [Fact]
    public async Task The_exit_code_is_that_of_the_service_asked_for_or_of_the_failure()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        sandbox.Write("CODE=5", ".env");

        (await sandbox.Compose("up", "--exit-code-from", "job")).FailedWith(5);
        (await sandbox.Compose("up", "--exit-code-from", "server")).FailedWith(143);
        (await sandbox.Compose("up", "--abort-on-container-exit")).Succeeded();
        (await sandbox.Compose("up", "--abort-on-container-failure")).FailedWith(5);
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role == "container");

        // What ends well aborts the one and not the other.
        sandbox.Write("CODE=0", ".env");
        (await sandbox.Compose("up", "--abort-on-container-exit")).Succeeded();
        var on = sandbox.Start("up", "--abort-on-container-failure");
        await on.Line("job-1 exited with code 0");
        Assert.Contains(sandbox.Processes(), process => process.Role == "container");
        on.Signal("INT");
        (await on.Ended()).FailedWith(130);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>11. Ctrl-C stops the targets; dependencies and orphans go on. And --attach shows what it names only, --attach-dependencies all.</summary>
    [Fact]
    public async Task Ctrl_C_stops_what_was_named_and_nothing_else()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {orphan: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL}}");
        (await sandbox.Compose("up", "-d")).Succeeded();
        sandbox.Write("""
            services:
              web: {image: busybox:1.36, command: "sh -c 'echo I am web; exec sleep 1000000'", stop_signal: SIGKILL, depends_on: [db]}
              db: {image: busybox:1.36, command: "sh -c 'echo I am db; exec sleep 1000000'", stop_signal: SIGKILL}
            """);

        var up = sandbox.Start("up", "web");
        await up.Line("I am web");
        up.Signal("INT");
        var ended = (await up.Ended()).FailedWith(130);

        Assert.DoesNotContain("I am db", ended.Out);
        Assert.Equal(
            [("db", "running"), ("orphan", "running"), ("web", "exited")],
            (await sandbox.Compose("ps", "-a", "--orphans", "--format", "{{.Service}} {{.State}}")).Succeeded().Lines.Order().Select(l => (l.Split(' ')[0], l.Split(' ')[1])));

        var both = sandbox.Start("up", "--attach-dependencies", "--force-recreate", "--always-recreate-deps", "web");
        await both.Line("I am web");
        await both.Line("I am db");
        both.Signal("INT");
        (await both.Ended()).FailedWith(130);
        Assert.Equal(2, sandbox.Processes().Count(process => process.Role == "container"));

        (await sandbox.Compose("stop")).Succeeded();
        var one = sandbox.Start("up", "--attach", "web");
        await one.Line("I am web");
        Assert.Contains("Attaching to web-1", one.LinesSoFar);
        Assert.DoesNotContain(one.LinesSoFar, line => line.Contains("I am db", StringComparison.Ordinal));
        one.Signal("INT");
        (await one.Ended()).FailedWith(130);
        (await sandbox.Compose("down", "--remove-orphans")).Succeeded();
        await sandbox.AssertNothingRemains();
    }
}
