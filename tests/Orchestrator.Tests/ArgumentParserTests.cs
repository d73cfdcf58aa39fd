using Devoxx.Orchestrator.Arguments;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class ArgumentParserTests
{
    private static readonly SwitchFlag Detach = new("detach", 'd', "");
    private static readonly SwitchFlag Interactive = new("interactive", 'i', "");
    private static readonly NumberFlag Timeout = new("timeout", 't', "");
    private static readonly TextFlag Format = new("format", null, "") { Choices = ["table", "json"] };
    private static readonly ListFlag Env = new("env", 'e', "");

    private static ParsedArguments Parse(params string[] arguments) => Parse(true, arguments);

    private static ParsedArguments Parse(bool interspersed, params string[] arguments) =>
        new ArgumentParser([Detach, Interactive, Timeout, Format, Env]).Parse(arguments, interspersed);

    [Theory]
    [InlineData("--timeout", "5")]
    [InlineData("--timeout=5")]
    [InlineData("-t", "5")]
    [InlineData("-t5")]
    [InlineData("-t=5")]
    [InlineData("-dt5")]
    [InlineData("-t", "3", "-t", "5")]
    public void Takes_a_value_in_every_form_of_pflag_and_the_last_one_counts(params string[] arguments) =>
        Assert.Equal(5, Parse(arguments).Value(Timeout));

    [Fact]
    public void Leaves_a_number_that_was_not_given_null() => Assert.Null(Parse("web").Value(Timeout));

    [Fact]
    public void Reads_two_switches_from_one_word()
    {
        var parsed = Parse("-di");
        Assert.True(parsed.Has(Detach));
        Assert.True(parsed.Has(Interactive));
    }

    [Fact]
    public void A_switch_does_not_eat_the_service_behind_it()
    {
        var parsed = Parse("-d", "web");
        Assert.True(parsed.Has(Detach));
        Assert.Equal(["web"], parsed.Words);
    }

    [Fact]
    public void A_switch_can_be_taken_back()
    {
        var parsed = Parse("--detach=false");
        Assert.False(parsed.Has(Detach));
        Assert.True(parsed.Given(Detach));
    }

    [Fact]
    public void Collects_a_list_in_its_order() => Assert.Equal(["A=1", "B=2"], Parse("-e", "A=1", "web", "--env=B=2").Values(Env));

    [Fact]
    public void Flags_may_stand_behind_operands() => Assert.Equal(["web", "db"], Parse("web", "-d", "db").Words);

    [Fact]
    public void What_follows_the_first_operand_is_left_alone_when_not_interspersed()
    {
        var parsed = Parse(false, "-e", "A=1", "web", "ls", "-d", "--", "-x");
        Assert.Equal(["web", "ls", "-d", "--", "-x"], parsed.Words);
        Assert.False(parsed.Has(Detach));
    }

    [Fact]
    public void Two_dashes_end_the_flags() => Assert.Equal(["-d", "--nonsense"], Parse("--", "-d", "--nonsense").Words);

    [Fact]
    public void A_single_dash_is_an_operand() => Assert.Equal(["-"], Parse("-").Words);

    [Theory]
    [InlineData("unknown flag: --nonsense", "--nonsense")]
    [InlineData("unknown shorthand flag: 'x' in -dx", "-dx")]
    [InlineData("flag needs an argument: --timeout", "--timeout")]
    [InlineData("flag needs an argument: 't' in -t", "-t")]
    [InlineData("invalid argument \"soon\" for \"-t, --timeout\" flag: not a whole number", "-t", "soon")]
    [InlineData("invalid argument \"-1\" for \"-t, --timeout\" flag: it is at least 0", "-t", "-1")]
    [InlineData("invalid argument \"xml\" for \"--format\" flag: it is one of table, json", "--format", "xml")]
    [InlineData("invalid argument \"maybe\" for \"-d, --detach\" flag: it is either true or false", "--detach=maybe")]
    public void Says_what_is_wrong(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(arguments)).Message);

    [Fact]
    public void Suggests_the_flag_that_was_meant() =>
        Assert.Equal("--timeout", Assert.Throws<UsageException>(() => Parse("--tiemout", "3")).Suggestion);

    [Fact]
    public void Suggests_nothing_far_fetched() => Assert.Null(Assert.Throws<UsageException>(() => Parse("--nonsense")).Suggestion);

    [Fact]
    public void The_prefix_ends_before_the_first_operand()
    {
        var index = new ArgumentParser([Detach, Env]).ParsePrefix(["-e", "up", "-d", "up", "-d"], out var parsed);
        Assert.Equal(3, index);
        Assert.Equal(["up"], parsed.Values(Env));
    }
}
