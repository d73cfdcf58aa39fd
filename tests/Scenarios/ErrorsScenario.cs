using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>What the person at the terminal is told.</summary>
public sealed class ErrorsScenario
{
    [Theory]
    [InlineData("services:\n  web:\n    image: busybox:1.36\n    mem_limit: lots\n", "compose.yaml:4:16")]
    [InlineData("services:\n  web:\n    imagee: busybox:1.36\n", "compose.yaml:3:5")]
    [InlineData("services:\n  web: {image: busybox:1.36\n", "compose.yaml:")]
    [InlineData("services:\n  web:\n    image: busybox:1.36\n    depends_on: [db]\n", "compose.yaml:4:")]
    public async Task Names_file_line_and_column_of_a_wrong_stack_file(string stack, string position)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(stack);

        foreach (var verb in (string[][])[["config"], ["up", "-d"]])
        {
            var refused = await sandbox.Compose(verb);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains(position, refused.Error);
        }

        await sandbox.AssertNothingRemains();
    }

    [Fact]
    public async Task Warns_of_a_key_that_is_not_supported_and_goes_on()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services:\n  web:\n    image: busybox:1.36\n    command: \"true\"\n    isolation: hyperv\n");

        var up = (await sandbox.Compose("up")).Succeeded();

        Assert.Contains("compose.yaml:5:", up.Error);
        Assert.Contains("isolation", up.Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Tells_a_command_that_is_not_there_and_leaves_nothing_running()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {web: {image: busybox:1.36, command: no-such-command}}");

        var up = await sandbox.Compose("up", "-d");

        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("no-such-command", up.Error);
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role is "container" or "monitor");
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Tells_what_is_missing()
    {
        await using var sandbox = await Sandbox.Create();

        Assert.Contains("compose.yaml", (await sandbox.Compose("up", "-d")).FailedWith(1).Error);
        sandbox.Write("services: {web: {image: 'localhost:1/no/such:image'}}");
        Assert.Contains("no/such:image", (await sandbox.Compose("up", "-d")).FailedWith(1).Error);
        Assert.Contains("no such service: db", (await sandbox.Compose("up", "-d", "db")).FailedWith(1).Error);
        await sandbox.AssertNothingLeft();
    }
}
