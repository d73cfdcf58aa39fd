using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/hello.</summary>
public sealed class HelloScenario
{
    private static readonly string Stack = Executables.Example("hello");

    [Fact]
    public async Task Runs_in_the_foreground_until_every_service_has_ended()
    {
        await using var sandbox = await Sandbox.Create();

        var up = (await sandbox.Compose("up", "-f", Stack)).Succeeded();

        var id = await sandbox.Id("hello", "-f", Stack);
        Assert.Matches($@"hello-1 +\| Hello from {id[..12]}: I am process 1, and there are [1-5] processes here", up.Out);
        foreach (var number in (int[])[1, 2, 3])
        {
            Assert.Matches($@"world-1 +\| Hello number {number} from world", up.Out);
        }

        Assert.True(up.Out.IndexOf("I am process 1", StringComparison.Ordinal) < up.Out.IndexOf("number 3", StringComparison.Ordinal), up.Out);
        await sandbox.AssertNothingLeft(Stack);
    }

    [Fact]
    public async Task Puts_values_of_the_environment_and_of_dot_env_into_the_stack_file()
    {
        await using var sandbox = await Sandbox.Create();
        var stack = sandbox.Write(File.ReadAllText(Stack));
        sandbox.Write("GREETING=Goeden dag\n", ".env");

        var up = (await sandbox.Compose("-f", stack, "up", "world")).Succeeded();

        Assert.Contains("Goeden dag number 1 from world", up.Out);
        await sandbox.AssertNothingLeft(stack);
    }
}
