using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class ExecScenario
{
    private const string Stack = """
        services:
          one: {image: busybox:1.36, environment: {COLOUR: green}, working_dir: /tmp, mem_limit: 64m, command: sleep 1000000}
        """;

    [Theory]
    [InlineData(0, "true")]
    [InlineData(7, "sh", "-c", "exit 7")]
    [InlineData(143, "sh", "-c", "kill -TERM $$")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(127, "no-such-command")]
    public async Task Passes_exit_codes_on(int expected, params string[] command)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        (await sandbox.Compose(["exec", "-T", "one", .. command])).FailedWith(expected);

        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Runs_inside_the_container_as_asked()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var id = await sandbox.Id("one");

        Assert.Equal($"{id[..12]}\n", (await sandbox.Compose("exec", "-T", "one", "hostname")).Succeeded().Out);
        Assert.Equal("green /tmp\n", (await sandbox.Compose("exec", "-T", "one", "sh", "-c", "echo $COLOUR $PWD")).Succeeded().Out);
        Assert.Equal("red /etc\n", (await sandbox.Compose("exec", "-T", "-e", "COLOUR=red", "-w", "/etc", "one", "sh", "-c", "echo $COLOUR $PWD")).Succeeded().Out);
        Assert.Equal("33 33\n", (await sandbox.Compose("exec", "-T", "-u", "www-data", "one", "sh", "-c", "echo $(id -u) $(id -g)")).Succeeded().Out);
        Assert.Equal("CapBnd:\t00000000a80425fb\n", (await sandbox.Compose("exec", "-T", "one", "grep", "CapBnd", "/proc/self/status")).Succeeded().Out);

        // In its cgroup, so that its limits hold.
        Assert.Equal((await sandbox.Compose("exec", "-T", "one", "cat", "/proc/1/cgroup")).Succeeded().Out,
            (await sandbox.Compose("exec", "-T", "one", "cat", "/proc/self/cgroup")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Connects_standard_input()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        var cat = sandbox.Start("exec", "-T", "one", "cat");
        await cat.Input.WriteAsync("through the pipe\n");
        cat.Input.Close();

        Assert.Equal("through the pipe\n", (await cat.Ended()).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Gives_a_terminal_when_run_from_one()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        var exec = await sandbox.StartOnTerminal("exec", "one", "sh", "-c", "tty; test -t 0 && test -t 1 && test -t 2 && exit 5").Ended();

        Assert.Equal(5, exec.ExitCode);
        Assert.Contains("/dev/pts/0", exec.Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Says_when_a_service_does_not_run()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);

        Assert.Contains("service \"one\" is not running", (await sandbox.Compose("exec", "-T", "one", "true")).FailedWith(1).Error);
        await sandbox.AssertNothingLeft();
    }
}
