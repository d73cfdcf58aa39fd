using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>Behaviours 15, 16, 19, 21, 22 and 23 of the reference: which containers there are, and which of them are made anew.</summary>
public sealed class ScaleBehaviours
{
    private const string Stack = """
        name: s
        services:
          web: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, depends_on: [db]}
          db: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, volumes: [/data]}
        """;

    /// <summary>21. Scale up, down, to zero, per service. 22. Numbers are reused; stale replicas go first. 23. Scaling recreates nothing.</summary>
    [Fact]
    public async Task Scaling_adds_and_removes_replicas_and_touches_no_other()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack.Replace(", volumes: [/data]", ""));
        (await sandbox.Compose("up", "-d", "--scale", "web=3", "--scale", "db=2")).Succeeded();
        var all = await sandbox.Ids();
        Assert.Equal(["s-db-1", "s-db-2", "s-web-1", "s-web-2", "s-web-3"], all.Keys);

        (await sandbox.Compose("up", "-d", "--scale", "web=0", "--scale", "db=2")).Succeeded();
        Assert.Equal(["s-db-1", "s-db-2"], (await sandbox.Ids()).Keys);
        (await sandbox.Compose("up", "-d", "--scale", "web=2", "--scale", "db=2")).Succeeded();
        var two = await sandbox.Ids();
        Assert.Equal(["s-db-1", "s-db-2", "s-web-1", "s-web-2"], two.Keys);
        Assert.Equal((all["s-db-1"], all["s-db-2"]), (two["s-db-1"], two["s-db-2"]));

        // A replica of another configuration goes before one that is as wanted, whatever their numbers; its number is taken again.
        sandbox.Write(Stack.Replace(", volumes: [/data]", "").Replace("web: {image: busybox:1.36,", "web: {image: busybox:1.36, environment: {A: b},"));
        (await sandbox.Compose("up", "-d", "--no-recreate", "--scale", "web=3", "--scale", "db=2")).Succeeded();
        var mixed = await sandbox.Ids();
        Assert.Equal((two["s-web-1"], two["s-web-2"]), (mixed["s-web-1"], mixed["s-web-2"]));
        (await sandbox.Compose("up", "-d", "--scale", "web=1", "--scale", "db=2")).Succeeded();
        var one = await sandbox.Ids();
        Assert.Equal(["s-db-1", "s-db-2", "s-web-3"], one.Keys);
        Assert.Equal(mixed["s-web-3"], one["s-web-3"]);
        (await sandbox.Compose("up", "-d", "--scale", "web=2")).Succeeded();
        Assert.Equal(["s-db-1", "s-web-1", "s-web-3"], (await sandbox.Ids()).Keys);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>15. --force-recreate --no-deps leaves the dependency alone, and so does --force-recreate of a service by name; --always-recreate-deps does not. 42, in part: -V renews anonymous volumes.</summary>
    [Fact]
    public async Task Recreates_dependencies_only_when_told_to()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var first = await sandbox.Ids();
        (await sandbox.Compose("exec", "-T", "db", "touch", "/data/kept")).Succeeded();

        (await sandbox.Compose("up", "-d", "--force-recreate", "--no-deps", "web")).Succeeded();
        var second = await sandbox.Ids();
        Assert.NotEqual(first["s-web-1"], second["s-web-1"]);
        Assert.Equal(first["s-db-1"], second["s-db-1"]);

        (await sandbox.Compose("up", "-d", "--force-recreate", "web")).Succeeded();
        Assert.Equal(first["s-db-1"], (await sandbox.Ids())["s-db-1"]);

        (await sandbox.Compose("up", "-d", "--always-recreate-deps", "web")).Succeeded();
        var fourth = await sandbox.Ids();
        Assert.NotEqual(first["s-db-1"], fourth["s-db-1"]);
        (await sandbox.Compose("exec", "-T", "db", "ls", "/data/kept")).Succeeded();

        (await sandbox.Compose("up", "-d", "--force-recreate", "-V", "db")).Succeeded();
        (await sandbox.Compose("exec", "-T", "db", "ls", "/data/kept")).FailedWith(1);

        await sandbox.AssertNothingLeft();
    }

    /// <summary>18. A changed volume label recreates the volume, and who uses it, with -y; without, it stays, and a word is said.</summary>
    [Fact]
    public async Task A_changed_volume_is_made_anew_with_yes_and_kept_without()
    {
        const string stack = """
            name: s
            services: {web: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, volumes: ["data:/data"]}}
            volumes: {data: {labels: {colour: green}}}
            """;
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        (await sandbox.Compose("exec", "-T", "web", "touch", "/data/kept")).Succeeded();
        var first = await sandbox.Ids();

        sandbox.Write(stack.Replace("green", "red"));
        Assert.Contains("volume s_data has changed", (await sandbox.Compose("up", "-d")).Succeeded().Error);
        Assert.Equal(first, await sandbox.Ids());
        (await sandbox.Compose("exec", "-T", "web", "ls", "/data/kept")).Succeeded();

        Assert.DoesNotContain("stays as it is", (await sandbox.Compose("up", "-d", "-y")).Succeeded().Error);
        Assert.NotEqual(first["s-web-1"], (await sandbox.Ids())["s-web-1"]);
        (await sandbox.Compose("exec", "-T", "web", "ls", "/data/kept")).FailedWith(1);
        Assert.Contains("red", (await sandbox.Compose("volume", "inspect", "s_data")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>16. --no-deps creates no dependency, and fails if the donor of a network or of volumes is gone. 19. Two services with one container_name are refused, and nothing is left behind.</summary>
    [Fact]
    public async Task No_deps_makes_no_dependency_and_a_name_can_be_had_once()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d", "--no-deps", "web")).Succeeded();
        Assert.Equal(["s-web-1"], (await sandbox.Ids()).Keys);
        (await sandbox.Compose("down")).Succeeded();

        sandbox.Write("""
            name: s
            services:
              web: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, network_mode: "service:db"}
              db: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL}
            """);
        Assert.Contains("db", (await sandbox.Compose("up", "-d", "--no-deps", "web")).FailedWith(1).Error);
        (await sandbox.Compose("down")).Succeeded();
        sandbox.Write(Stack.Replace("depends_on: [db]", "volumes_from: [db]"));
        Assert.Contains("volumes_from: service db has no container", (await sandbox.Compose("up", "-d", "--no-deps", "web")).FailedWith(1).Error);
        (await sandbox.Compose("down")).Succeeded();

        sandbox.Write("""
            name: s
            services:
              one: {image: busybox:1.36, command: sleep 1000000, container_name: same}
              two: {image: busybox:1.36, command: sleep 1000000, container_name: same}
            """);
        var refused = (await sandbox.Compose("up", "-d")).FailedWith(1);
        Assert.Contains("same", refused.Error);
        Assert.Empty((await sandbox.Compose("ls", "-a", "-q")).Succeeded().Lines);
        await sandbox.AssertNothingRemains();
    }
}
