using System.Text;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Tests.Health;

public sealed class NotifyMessageTests
{
    [Fact]
    public void Takes_what_it_knows_and_passes_over_the_rest()
    {
        var message = Parse("READY=1\nSTATUS=Processing requests…\nMAINPID=4711\nFDSTORE=1\nnonsense\n=\n");

        Assert.Equal(new NotifyMessage { Ready = true, Status = "Processing requests…" }, message);
    }

    [Theory]
    [InlineData("READY=0")]
    [InlineData("WATCHDOG_USEC=-1")]
    [InlineData("WATCHDOG_USEC=99999999999999999999")]
    [InlineData("EXTEND_TIMEOUT_USEC=soon")]
    [InlineData("")]
    public void What_makes_no_sense_says_nothing(string text) => Assert.Equal(new NotifyMessage(), Parse(text));

    [Fact]
    public void Knows_the_watchdogs_words()
    {
        Assert.True(Parse("WATCHDOG=1").Alive);
        Assert.True(Parse("WATCHDOG=trigger").Hung);
        Assert.Equal(TimeSpan.FromSeconds(2), Parse("WATCHDOG_USEC=2000000").Watchdog);
    }

    [Fact]
    public void A_long_status_is_cut() => Assert.Equal(500, Parse("STATUS=" + new string('x', 4000)).Status!.Length);

    private static NotifyMessage Parse(string text) => NotifyMessage.Parse(Encoding.UTF8.GetBytes(text));
}
