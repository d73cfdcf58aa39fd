using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class LogsScenario
{
    [Fact]
    public async Task Shows_what_was_written_as_asked()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, command: "sh -c 'for n in 1 2 3 4 5; do echo line $$n; done; echo last >&2'"}
              two: {image: busybox:1.36, command: "echo other"}
            """);
        (await sandbox.Compose("up")).Succeeded();

        Assert.Equal(["line 1", "line 2", "line 3", "line 4", "line 5", "last"], (await Logs("--no-log-prefix", "one")).Lines);
        Assert.Equal(["one-1  | line 5", "one-1  | last"], (await Logs("--tail", "2", "one")).Lines);
        Assert.Equal(7, (await Logs()).Lines.Count);
        Assert.Matches(@"^one-1  \| \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line 1$", (await Logs("-t", "one")).Lines[0]);
        Assert.Empty((await Logs("--until", "2001-01-01", "one")).Lines);
        Assert.Equal(6, (await Logs("--since", "10m", "one")).Lines.Count);
        (await sandbox.Compose("logs", "three")).FailedWith(1);
        await sandbox.AssertNothingLeft();

        async Task<Outcome> Logs(params string[] options) => (await sandbox.Compose(["logs", .. options])).Succeeded();
    }

    [Fact]
    public async Task Follows_until_the_container_ends()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, stop_grace_period: 5s, command: "sh -c 'trap \"echo end; exit 0\" TERM; echo begin; while :; do sleep 1000 & wait $$!; done'"}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var logs = sandbox.Start("logs", "-f", "one");
        await logs.Line("begin");

        (await sandbox.Compose("stop")).Succeeded();

        Assert.Contains("end", (await logs.Ended()).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Rotates_at_the_size_asked_for_and_keeps_so_many_files()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one:
                image: busybox:1.36
                logging: {driver: json-file, options: {max-size: 20k, max-file: "3"}}
                command: "sh -c 'n=0; while [ $$n -lt 2000 ]; do n=$$((n+1)); echo number $$n; done'"
            """);
        (await sandbox.Compose("up")).Succeeded();

        var directory = $"{sandbox.Root}/containers/{sandbox.FullId(await sandbox.Id("one"))}";
        var files = Directory.GetFiles(directory, "log*").Select(Path.GetFileName).Order();
        Assert.Equal(["log", "log.1", "log.2"], files);
        Assert.All(files, file => Assert.InRange(new FileInfo($"{directory}/{file}").Length, 1, 24 * 1024));

        // What is left is the end, without a gap.
        var numbers = (await sandbox.Compose("logs", "--no-log-prefix")).Succeeded().Lines.Select(line => int.Parse(line.Split(' ')[1])).ToList();
        Assert.Equal(Enumerable.Range(numbers[0], 2001 - numbers[0]), numbers);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Loses_no_line_however_long_or_many()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              long: {image: busybox:1.36, command: "sh -c 'head -c 100000 /dev/zero | tr \"\\\\000\" x; echo; echo after'"}
              many: {image: busybox:1.36, command: "seq 1 100000"}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        var many = (await sandbox.Start("logs", "-f", "--no-log-prefix", "many").Ended()).Succeeded();
        Assert.Equal(Enumerable.Range(1, 100_000).Select(number => number.ToString()), many.Lines.Take(100_000));
        Assert.All(many.Lines.Skip(100_000), line => Assert.Equal("many-1 exited with code 0", line)); // when it ended before, nothing
        var text = (await sandbox.Start("logs", "-f", "--no-log-prefix", "long").Ended()).Succeeded();
        Assert.Equal([new string('x', 100_000), "after"], text.Lines.Take(2));
        await sandbox.AssertNothingLeft();
    }
}
