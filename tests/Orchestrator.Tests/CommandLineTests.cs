using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Without_a_verb_shows_the_commands()
    {
        var run = await Run.Of();
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:  devoxx-compose [OPTIONS] COMMAND", run.Out);
        Assert.Contains("  up          Create and start containers", run.Out);
        Assert.DoesNotContain("Run the supervisor in the foreground", run.Out);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task A_verb_that_is_a_group_too_shows_its_members()
    {
        Assert.Contains("\nCommands:\n  install    Have systemd", (await Run.Of("supervisor", "--help")).Out);
        Assert.Contains("Usage:  devoxx-compose supervisor install [OPTIONS]", (await Run.Of("supervisor", "install", "--help")).Out);
        Assert.Contains("accepts no arguments", (await Run.Of("supervisor", "instal")).Error);
    }

    [Theory]
    [InlineData("up", "--help")]
    [InlineData("up", "-h")]
    [InlineData("--help", "up")]
    [InlineData("-h", "up")]
    [InlineData("help", "up")]
    [InlineData("up", "web", "--help")]
    public async Task Shows_the_help_of_a_verb_wherever_it_is_asked_for(params string[] arguments)
    {
        var run = await Run.Of(arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:  devoxx-compose up [OPTIONS] [SERVICE...]", run.Out);
        Assert.Contains("  -d, --detach ", run.Out);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Every_verb_has_help_and_a_summary()
    {
        foreach (var name in Verbs.VerbTable.Names)
        {
            var run = await Run.Of([.. name.Split(' '), "--help"]);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains($"Usage:  devoxx-compose {name} [OPTIONS]", run.Out);
            Assert.Contains(Verbs.VerbTable.Find(name)!.Summary, run.Out);
        }
    }

    [Fact]
    public void No_verb_has_two_flags_of_one_name_or_letter()
    {
        foreach (var verb in Verbs.VerbTable.Names.Select(name => Verbs.VerbTable.Find(name)!))
        {
            var flags = verb.AllFlags();
            Assert.Equal(flags.Count, flags.Select(flag => flag.Name).Distinct().Count());
            var letters = flags.Where(flag => flag.Short is not null).Select(flag => flag.Short).ToList();
            Assert.Equal(letters.Count, letters.Distinct().Count());
        }
    }

    [Fact]
    public async Task A_group_alone_shows_its_commands()
    {
        var run = await Run.Of("volume");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:  devoxx-compose volume COMMAND", run.Out);
        Assert.Contains("  inspect ", run.Out);
    }

    [Fact]
    public async Task A_misspelt_verb_is_refused_with_the_nearest()
    {
        var run = await Run.Of("stpo");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("unknown command: \"devoxx-compose stpo\"\nDid you mean stop?\n", run.Error);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task A_misspelt_verb_of_a_group_is_refused_with_the_nearest()
    {
        var run = await Run.Of("volume", "inpsect");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Did you mean volume inspect?", run.Error);
    }

    [Fact]
    public async Task A_misspelt_option_is_refused_with_the_nearest_and_the_usage()
    {
        var run = await Run.Of("up", "--detahc");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            """
            unknown flag: --detahc
            Did you mean --detach?

            Usage:  devoxx-compose up [OPTIONS] [SERVICE...]

            Run 'devoxx-compose up --help' for more information

            """,
            run.Error);
    }

    [Theory]
    [InlineData("\"devoxx-compose exec\" requires at least 2 arguments", "exec", "web")]
    [InlineData("\"devoxx-compose version\" accepts no arguments", "version", "now")]
    [InlineData("\"devoxx-compose image tag\" requires exactly 2 arguments", "image", "tag", "x")]
    public async Task Counts_operands(string message, params string[] arguments)
    {
        var run = await Run.Of(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(message, run.Error);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    [InlineData("-v")]
    public async Task Tells_its_version(params string[] arguments) =>
        Assert.Equal("Devoxx Compose version 0.1.0\n", (await Run.Of(arguments)).Out);

    [Theory]
    [InlineData("0.1.0\n", "version", "--short")]
    [InlineData("{\"version\":\"0.1.0\"}\n", "version", "--format", "json")]
    [InlineData("{\"version\":\"0.1.0\"}\n", "version", "-f", "json")]
    public async Task Tells_its_version_to_programs(string expected, params string[] arguments) =>
        Assert.Equal(expected, (await Run.Of(arguments)).Out);

    [Fact]
    public async Task Refuses_progress_that_contradicts_ansi()
    {
        var run = await Run.Of("--ansi", "never", "--progress", "tty", "version");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("can't use --progress tty while ANSI support is disabled", run.Error);
    }
}
