using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class RunScenario
{
    private const string Stack = """
        name: job
        services:
          web:
            image: busybox:1.36
            command: sleep 1000000
            environment: {COLOUR: green}
            depends_on: [db]
            volumes: [/cache]
            restart: always
          db: {image: busybox:1.36, command: sleep 1000000}
          other: {image: busybox:1.36, command: sleep 1000000}
        """;

    [Fact]
    public async Task Streams_exit_code_and_options_are_the_commands()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        File.WriteAllText(sandbox.Directory + "/extra.env", "FROM=file\n");
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);

        // Ends before anybody can have attached: nothing of it is lost all the same, and each stream stays itself.
        var run = (await sandbox.Compose("run", "--rm", "-T", "web", "sh", "-c", "echo out; echo err >&2; exit 7")).FailedWith(7);
        Assert.Equal("out\n", run.Out);
        Assert.Contains("\nerr\n", run.Error);

        var options = (await sandbox.Compose(
            "run", "--rm", "-T", "-q", "-e", "COLOUR=red", "--env-from-file", "extra.env", "-w", "/etc", "-u", "www-data", "-v", "./:/here:ro", "-l", "a=b",
            "--entrypoint", "sh -c", "web", "echo $COLOUR $FROM $PWD $(id -u); cat /here/extra.env; touch /here/x")).FailedWith(1);
        Assert.Equal("red file /etc 33\nFROM=file\n", options.Out);
        Assert.Contains("Read-only file system", options.Error);

        (await sandbox.Compose("run", "--rm", "-T", "web", "no-such-command")).FailedWith(127);

        // What it needed has been started, and nothing else; of what ran, nothing is left, anonymous volumes neither.
        Assert.Equal(["db"], (await sandbox.Compose("ps", "-a", "--services")).Succeeded().Lines);
        Assert.Empty((await sandbox.Compose("volume", "ls", "-q")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Standard_input_is_connected_and_a_pipe_is_no_terminal()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);

        var cat = sandbox.Start("run", "--rm", "--no-deps", "web", "sh", "-c", "test -t 0 || echo no terminal; cat; echo end");
        await cat.Input.WriteAsync("through the pipe\n");
        cat.Input.Close();
        Assert.Equal("no terminal\nthrough the pipe\nend\n", (await cat.Ended()).Succeeded().Out);

        Assert.Contains("the input device is not a TTY", (await sandbox.Compose("run", "--rm", "--tty", "web", "ls")).FailedWith(1).Error);

        var terminal = await sandbox.StartOnTerminal("run", "--rm", "--no-deps", "web", "sh", "-c", "tty; test -t 0 && test -t 1 && test -t 2 && exit 5").Ended();
        Assert.Equal(5, terminal.ExitCode);
        Assert.Contains("/dev/pts/0", terminal.Out);

        // Ours is raw meanwhile: each key is the container's at once, and Ctrl-C is one of them.
        var keys = sandbox.StartOnTerminal("run", "--rm", "--no-deps", "web", "sh", "-c", "stty -icanon -echo -isig; echo ready; x=$(head -c 2 | od -An -c); echo got $x; exit 6");
        await keys.Line("ready");
        await keys.Input.WriteAsync("q\u0003");
        await keys.Input.FlushAsync();
        var typed = await keys.Ended();
        Assert.Equal(6, typed.ExitCode);
        Assert.Contains("got q 003", typed.Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Signals_are_passed_on_and_its_life_does_not_hang_on_the_supervisor()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);

        var run = sandbox.Start("run", "--rm", "-T", "--no-deps", "web", "sh", "-c", "trap 'echo interrupted; exit 3' INT; trap 'echo ended; exit 4' TERM; echo ready; while :; do sleep 0.05; done");
        await run.Line("ready");
        run.Signal("INT");
        Assert.Contains("interrupted", (await run.Ended()).FailedWith(3).Out);

        // What the kernel drops does not leave anybody helpless.
        run = sandbox.Start("run", "--rm", "-T", "--no-deps", "web", "sh", "-c", "echo ready; exec sleep 1000000");
        await run.Line("ready");
        run.Signal("INT");
        await run.Line("has no handler for SIGINT");
        run.Signal("INT");
        (await run.Ended()).FailedWith(137);

        run = sandbox.Start("run", "--rm", "-T", "--no-deps", "web", "sh", "-c", "trap 'echo ended; exit 4' TERM; echo ready; while :; do sleep 0.05; done");
        await run.Line("ready");
        await Sandbox.Kill([sandbox.Supervisor()]);
        run.Signal("TERM");
        Assert.Contains("ended", (await run.Ended()).FailedWith(4).Out);
        Assert.Empty((await sandbox.Compose("ps", "-aq")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Is_no_replica_of_its_service()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var id = (await sandbox.Compose("run", "-d", "--name", "longer", "web", "sleep", "1000000")).Succeeded().Out.Trim();
        Assert.Matches("^[0-9a-f]{64}$", id);
        (await sandbox.Compose("run", "-T", "web", "true")).Succeeded();

        Assert.Equal("db other web", string.Join(' ', (await sandbox.Compose("ps", "--services")).Succeeded().Lines.Order()));
        var all = (await sandbox.Compose("ps", "-a", "--format", "{{.Name}} {{.State}}")).Succeeded().Lines;
        Assert.Contains("longer running", all);
        var ended = Assert.Single(all, line => line.StartsWith("job-web-run-", StringComparison.Ordinal));
        Assert.Matches("^job-web-run-[0-9a-f]{12} exited$", ended);

        // stop, start, restart and a second up leave it alone; up tells of what has ended.
        (await sandbox.Compose("stop", "-t", "1")).Succeeded();
        Assert.Contains("longer running", (await sandbox.Compose("ps", "-a", "--format", "{{.Name}} {{.State}}")).Succeeded().Lines);
        (await sandbox.Compose("start")).Succeeded();
        (await sandbox.Compose("restart", "-t", "1")).Succeeded();
        Assert.Equal(1, (await sandbox.History()).Count(e => e is { Type: "container.started", Container: "longer" }));
        Assert.Contains("found orphan containers (job-web-run-", (await sandbox.Compose("up", "-d")).Succeeded().Error);
        Assert.Contains("job-web-run-", (await sandbox.Compose("run", "--rm", "-T", "--remove-orphans", "web", "true")).Succeeded().Error);
        Assert.DoesNotContain("exited", (await sandbox.Compose("ps", "-a", "--format", "{{.State}}")).Succeeded().Out);

        (await sandbox.Compose("down", "-v", "--remove-orphans", "-t", "1")).Succeeded();
        Assert.Empty((await sandbox.Compose("ps", "-aq")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Ports_are_published_only_when_asked()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {web: {image: busybox:1.36, command: sleep 1000000, init: true, ports: ['127.0.0.1::80']}}");
        foreach (var name in (string[])["plain", "service", "published"])
        {
            string[] options = name switch { "service" => ["--service-ports"], "published" => ["-p", "127.0.0.1::8080"], _ => [] };
            (await sandbox.Compose(["run", "-d", "--name", name, .. options, "web"])).Succeeded();
        }

        var ports = (await sandbox.Compose("ps", "-a", "--format", "{{.Name}}={{.Ports}}")).Succeeded().Lines;
        Assert.Contains("plain=", ports);
        Assert.Contains(ports, line => line.StartsWith("service=127.0.0.1:", StringComparison.Ordinal) && line.EndsWith("->80/tcp", StringComparison.Ordinal));
        Assert.Contains(ports, line => line.StartsWith("published=127.0.0.1:", StringComparison.Ordinal) && line.EndsWith("->8080/tcp", StringComparison.Ordinal));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Attach_types_into_a_container_and_lets_go_of_it()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              cat: {image: busybox:1.36, command: cat, stdin_open: true, init: true}
              talk: {image: busybox:1.36, command: "sh -c 'while :; do echo again; sleep 0.1; done'", init: true, stop_grace_period: 1s}
              again: {image: busybox:1.36, command: "sh -c 'while :; do echo again; sleep 0.1; done'", init: true, stop_grace_period: 1s, restart: always}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        var attached = sandbox.Start("attach", "--detach-keys", "x,y", "cat");
        await attached.Input.WriteAsync("typed\n");
        await attached.Input.FlushAsync();
        await attached.Line("typed");
        await attached.Input.WriteAsync("xy");
        await attached.Input.FlushAsync();
        Assert.Contains("read escape sequence", (await attached.Ended()).Succeeded().Error);
        Assert.Equal("running", Assert.Single((await sandbox.Containers())["cat"]).GetProperty("State").GetString());

        // The end of what is typed is the end of cat, and its code is attach's.
        attached = sandbox.Start("attach", "cat");
        attached.Input.Close();
        (await attached.Ended()).Succeeded();

        var following = sandbox.Start("attach", "talk");
        await following.Line("again");
        following.Signal("TERM");
        (await following.Ended()).FailedWith(143);

        // The end of the run that was attached to is the end, though its policy starts another.
        following = sandbox.Start("attach", "again");
        await following.Line("again");
        following.Signal("TERM");
        (await following.Ended()).FailedWith(143);
        await sandbox.AssertNothingLeft();
    }
}
