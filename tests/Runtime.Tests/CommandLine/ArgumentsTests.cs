using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Tests.CommandLine;

public sealed class ArgumentsTests
{
    [Fact]
    public void Options_have_long_and_short_forms_and_values_after_space_or_equals()
    {
        var parsed = Arguments.Parse(["--env", "A=b", "-e", "C=d", "--env=E=f", "-t", "id"], ["e=env"], ["t=tty"]);
        Assert.Equal(["A=b", "C=d", "E=f"], parsed.Values("env"));
        Assert.True(parsed.Has("tty"));
        Assert.Equal("id", parsed.Single("id"));
    }

    [Fact]
    public void What_follows_the_operands_belongs_to_the_command()
    {
        var parsed = Arguments.Parse(["-t", "id", "ls", "-t", "--", "x"], [], ["t=tty"], operandsBeforeRest: 1);
        Assert.Equal(["id", "ls", "-t", "--", "x"], parsed.Operands);
        parsed = Arguments.Parse(["id", "--", "-t"], [], ["t=tty"], operandsBeforeRest: 1);
        Assert.Equal(["id", "-t"], parsed.Operands);
    }

    [Theory]
    [InlineData("--unknown")]
    [InlineData("--env")]
    [InlineData("-x")]
    public void What_is_not_understood_is_refused(string argument) =>
        Assert.Throws<UsageException>(() => Arguments.Parse([argument], ["e=env"], []));

    [Theory]
    [InlineData("-1")]
    [InlineData("1k")]
    [InlineData("")]
    public void Numbers_are_numbers(string text) =>
        Assert.Throws<UsageException>(() => Arguments.Parse(["--n", text], ["n"], []).Number("n"));

    [Fact]
    public void A_flag_can_be_switched_off() => Assert.False(Arguments.Parse(["--tty=false"], [], ["tty"]).Has("tty"));

    [Fact]
    public void Global_options_come_before_the_verb()
    {
        var options = GlobalOptions.Parse(["--root", "/r", "--log=/l", "--log-format", "json", "--debug", "kill", "--all", "id"], out var rest);
        Assert.Equal(("/r", "/l", true), (options.Root, options.Log, options.JsonLog));
        Assert.Equal(["kill", "--all", "id"], rest);
    }
}
