using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>Behaviours 1, 14, 25, 26, 28, 29 and 30 of the reference: up, stop, start, restart, down, and what is left.</summary>
public sealed class LifeBehaviours
{
    private const string Stack = """
        name: life
        services:
          web:
            image: busybox:1.36
            command: sleep 1000000
            stop_signal: SIGKILL
            depends_on: {db: {condition: service_started, restart: true}}
          db: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL}
          tool: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL}
        """;

    /// <summary>1. up, ps, images, down SERVICE, down: all gone, and labels say whose containers they are. 14. An unchanged up recreates nothing.</summary>
    [Fact]
    public async Task Up_ps_down_of_one_and_down_of_all_and_the_labels()
    {
        await using var sandbox = await Sandbox.Create();
        var file = sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal(["life-db-1", "life-tool-1", "life-web-1"], (await sandbox.Compose("ps", "--format", "{{.Name}}")).Succeeded().Lines.Order());

        Assert.Equal(["life-db-1", "life-tool-1", "life-web-1"], (await sandbox.Compose("images", "--format", "json")).Succeeded().Json
            .Select(image => image.GetProperty("ContainerName").GetString()!).Order());

        var labels = (await sandbox.Compose("ps", "web", "--format", "{{.Labels}}")).Succeeded().Out.Trim().Split(',').Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(("life", "web", "1", "False"), (Label("project"), Label("service"), Label("container-number"), Label("oneoff")));
        Assert.Equal((sandbox.Directory, file), (Label("project.working_dir"), Label("project.config_files")));
        Assert.Equal((await sandbox.Compose("config", "--hash", "web")).Succeeded().Out.Trim(), "web " + Label("config-hash"));
        Assert.Equal((await sandbox.Compose("version", "--short")).Succeeded().Out.Trim(), Label("version"));

        var ids = await sandbox.Ids();
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal(ids, await sandbox.Ids());

        // 29. down SERVICE
        (await sandbox.Compose("down", "tool")).Succeeded();
        Assert.Equal(["life-db-1", "life-web-1"], (await sandbox.Ids()).Keys);
        (await sandbox.Compose("down")).Succeeded();
        Assert.Empty(await sandbox.Ids());
        Assert.Empty((await sandbox.Compose("ls", "-a", "-q")).Succeeded().Lines);
        await sandbox.AssertNothingLeft();

        string Label(string name) => labels["com.docker.compose." + name];
    }

    /// <summary>
    /// 25. stop and start keep the containers; ls hides what is stopped, -a shows it. 26. stop touches only the named; start brings dependencies.
    /// 28. restart reuses the container and takes along who asked for it.
    /// </summary>
    [Fact]
    public async Task Stop_start_and_restart_keep_the_containers_and_mind_dependencies()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var ids = await sandbox.Ids();

        (await sandbox.Compose("stop", "db")).Succeeded();
        Assert.Equal(["exited", "running", "running"], (await sandbox.States()).Values);

        (await sandbox.Compose("stop")).Succeeded();
        Assert.Empty((await sandbox.Compose("ls", "-q")).Succeeded().Lines);
        Assert.Equal(["life"], (await sandbox.Compose("ls", "-a", "-q")).Succeeded().Lines);

        (await sandbox.Compose("start", "web")).Succeeded();
        Assert.Equal(["running", "exited", "running"], (await sandbox.States()).Values);
        Assert.Equal(ids, await sandbox.Ids());

        (await sandbox.Compose("restart", "db")).Succeeded();
        Assert.Equal(ids, await sandbox.Ids());
        var starts = (await sandbox.History()).Where(e => e.Type == "container.started").CountBy(e => e.Service!).ToDictionary();
        Assert.Equal((3, 3, 1), (starts["db"], starts["web"], starts["tool"]));

        (await sandbox.Compose("restart", "--no-deps", "db")).Succeeded();
        starts = (await sandbox.History()).Where(e => e.Type == "container.started").CountBy(e => e.Service!).ToDictionary();
        Assert.Equal((4, 3), (starts["db"], starts["web"]));
        await sandbox.AssertNothingLeft();
    }

    /// <summary>28, of up: a dependency that is replaced takes who asked for it down and up again, as the same container.</summary>
    [Fact]
    public async Task A_replaced_dependency_restarts_its_dependants()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var ids = await sandbox.Ids();

        sandbox.Write(Stack.Replace("db: {image: busybox:1.36,", "db: {image: busybox:1.36, environment: {A: b},"));
        (await sandbox.Compose("up", "-d")).Succeeded();

        var after = await sandbox.Ids();
        Assert.NotEqual(ids["life-db-1"], after["life-db-1"]);
        Assert.Equal((ids["life-web-1"], ids["life-tool-1"]), (after["life-web-1"], after["life-tool-1"]));
        var web = (await sandbox.History()).Last(e => e is { Type: "container.start-requested", Service: "web" });
        Assert.Equal("db, which it depends on, is replaced", web.Payload.GetProperty("cause").GetString());
        await sandbox.AssertNothingLeft();
    }

    /// <summary>30. COMPOSE_REMOVE_ORPHANS from .env.</summary>
    [Fact]
    public async Task The_environment_file_has_orphans_removed()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d", "tool", "db")).Succeeded();
        sandbox.Write("name: life\nservices: {db: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL}}");

        Assert.Contains("orphan", (await sandbox.Compose("up", "-d")).Succeeded().Error);
        sandbox.Write("COMPOSE_REMOVE_ORPHANS=true", ".env");
        Assert.DoesNotContain("orphan", (await sandbox.Compose("up", "-d")).Succeeded().Error);
        Assert.Single(sandbox.Processes(), process => process.Role == "container");
        await sandbox.AssertNothingLeft();
    }
}
