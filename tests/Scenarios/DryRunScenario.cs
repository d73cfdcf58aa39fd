using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class DryRunScenario
{
    private const string Stack = """
        services:
          web: {image: busybox:1.36, command: sleep 1000000, environment: {COLOUR: green}, depends_on: [db], volumes: ["data:/data"]}
          db: {image: busybox:1.36, command: sleep 1000000, init: true}
        volumes: {data: {}}
        """;

    /// <summary>Every verb that changes a project, each after the other, against a stack that runs.</summary>
    [Fact]
    public async Task Says_what_would_be_done_and_does_nothing_at_all()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        Assert.Contains("would create", (await sandbox.Compose("--dry-run", "up")).Succeeded().Out);
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal("Nothing to do: 2 containers as wanted.\n", (await sandbox.Compose("plan")).Succeeded().Out);
        var (before, events) = (HostSnapshot.Take(sandbox), (await sandbox.History()).Count);

        sandbox.Write(Stack.Replace("green", "red", StringComparison.Ordinal));
        var plan = (await sandbox.Compose("plan")).FailedWith(2);
        Assert.Contains("would stop", plan.Out);
        Assert.Contains("its configuration has changed: environment.COLOUR", plan.Out);
        Assert.DoesNotContain("red", plan.Out);
        Assert.Matches("busybox:1.36 +would pull +pull_policy is always", (await sandbox.Compose("plan", "--pull", "always")).FailedWith(2).Out);
        Assert.Contains("--build and --no-build", (await sandbox.Compose("plan", "--build", "--no-build")).FailedWith(1).Error);
        var json = Assert.Single((await sandbox.Compose("plan", "--json")).FailedWith(2).Json);
        Assert.Equal("stop remove create start", string.Join(' ', json.GetProperty("operations").EnumerateArray().Select(o => o.GetProperty("action").GetString())));

        foreach (var words in (string[][])[["up", "-d"], ["down", "-v"], ["stop"], ["kill"], ["restart"], ["pause"], ["rm", "-s", "-f"], ["scale", "web=3"], ["create"], ["run", "-T", "web", "ls"]])
        {
            Assert.Contains(" would ", (await sandbox.Compose(["--dry-run", .. words])).Succeeded().Out);
        }

        Assert.Equal("Nothing to do.\n", (await sandbox.Compose("--dry-run", "network", "prune")).Succeeded().Out);
        Assert.Equal("Nothing to do.\n", (await sandbox.Compose("--dry-run", "volume", "prune", "-a")).Succeeded().Out);
        Assert.Contains("shared  would create", (await sandbox.Compose("--dry-run", "volume", "create", "shared")).Succeeded().Out);
        Assert.Contains("edge  would create", (await sandbox.Compose("--dry-run", "network", "create", "edge")).Succeeded().Out);
        Assert.Contains("in use by", (await sandbox.Compose("--dry-run", "volume", "rm", Path.GetFileName(Assert.Single(Directory.GetDirectories(sandbox.Root + "/volumes"))))).FailedWith(1).Error);
        Assert.Contains("busybox:1.36  would remove", (await sandbox.Compose("--dry-run", "image", "rm", "-f", "busybox:1.36")).Succeeded().Out);
        Assert.Matches("nobody/there +would pull", (await sandbox.Compose("--dry-run", "-f", sandbox.Write("services: {x: {image: nobody/there}}", "other.yaml"), "up")).Succeeded().Out);
        Assert.Contains("exec has no dry run", (await sandbox.Compose("--dry-run", "exec", "web", "true")).FailedWith(1).Error);
        HostSnapshot.Take(sandbox).AssertSameAs(before);
        Assert.Equal(events, (await sandbox.History()).Count);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>A supervisor that is started notes what has ended, and starts again what is to run always: so none is.</summary>
    [Fact]
    public async Task Starts_no_supervisor_to_find_out()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack.Replace("init: true}", "init: true, restart: always}", StringComparison.Ordinal));
        (await sandbox.Compose("up", "-d")).Succeeded();
        await Sandbox.Kill([sandbox.Supervisor()]);
        var before = Files(sandbox);

        Assert.Equal("Nothing to do: 2 containers as wanted.\n", (await sandbox.Compose("plan")).Succeeded().Out);
        foreach (var words in (string[][])[["down", "-v"], ["stop"], ["restart", "web"], ["rm", "-s", "-f"], ["scale", "web=3"], ["run", "-T", "web", "ls"], ["up", "-d", "--force-recreate"]])
        {
            Assert.Contains(" would ", (await sandbox.Compose(["--dry-run", .. words])).Succeeded().Out);
        }

        Assert.Contains("is used by container", (await sandbox.Compose("--dry-run", "image", "rm", "busybox:1.36")).FailedWith(1).Error);
        Assert.Contains("no such service: nonsense", (await sandbox.Compose("--dry-run", "up", "nonsense")).FailedWith(1).Error);
        Assert.Equal(before, Files(sandbox));

        // It left in good order, and everything has died since: what is to run always would be started by whoever comes, the other by up.
        (await sandbox.Compose("ls")).Succeeded();
        var supervisor = await sandbox.StartSupervisor(idleTimeout: 0);
        supervisor.Signal("TERM");
        (await supervisor.Ended()).Succeeded();
        await Sandbox.Kill(sandbox.Processes().OrderBy(process => process.Role == "container"));
        before = Files(sandbox);
        var plan = (await sandbox.Compose("plan")).FailedWith(2);
        Assert.Matches("web-1 +would start +it is exited", plan.Out);
        Assert.Matches("db-1 +would start +it is waiting to be started again", plan.Out);
        Assert.Equal(before, Files(sandbox));

        // None of it is believed rather than told.
        (await sandbox.Compose("--dry-run", "ps")).Succeeded();
        Assert.Single(sandbox.Processes(), process => process.Role == "supervisor");
        await sandbox.AssertNothingLeft();
    }

    /// <summary>Every file of the state root and of its place in /run, and that no supervisor runs.</summary>
    private static SortedDictionary<string, (long, DateTime)> Files(Sandbox sandbox)
    {
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role == "supervisor");
        var all = new[] { sandbox.Root, sandbox.RunDirectory }.SelectMany(root => new DirectoryInfo(root).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            .Where(file => !file.FullName.Contains("/layers/", StringComparison.Ordinal) && !file.FullName.EndsWith("-shm", StringComparison.Ordinal));
        return new(all.ToDictionary(file => file.FullName, file => (file.Length, file.LastWriteTimeUtc)), StringComparer.Ordinal);
    }
}
