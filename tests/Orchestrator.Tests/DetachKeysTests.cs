using Devoxx.Orchestrator.Attachment;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData("ctrl-p,ctrl-q", "a\u0010\u0011", true, "a")]
    [InlineData("ctrl-p,ctrl-q", "\u0010x\u0011", false, "\u0010x\u0011")]
    [InlineData("ctrl-p,ctrl-q", "\u0010\u0010\u0011", true, "\u0010")]
    [InlineData("ctrl-p,ctrl-q", "\u0010", false, "")]
    [InlineData("a", "xya", true, "xy")]
    [InlineData("ctrl-\\", "x\u001c", true, "x")]
    [InlineData("", "\u0010\u0011", false, "\u0010\u0011")]
    public void Lets_go_at_the_sequence_and_passes_everything_else_on(string keys, string typed, bool leaves, string passed)
    {
        var toContainer = new List<byte>();
        Assert.Equal(leaves, DetachKeys.Parse(keys).Feed(System.Text.Encoding.ASCII.GetBytes(typed), toContainer));
        Assert.Equal(passed, System.Text.Encoding.ASCII.GetString([.. toContainer]));
    }

    [Fact]
    public void A_sequence_may_come_in_pieces()
    {
        var (keys, toContainer) = (DetachKeys.Parse("ctrl-p,ctrl-q"), new List<byte>());
        Assert.False(keys.Feed([16], toContainer));
        Assert.True(keys.Feed([17], toContainer));
        Assert.Empty(toContainer);
    }

    [Theory]
    [InlineData("ctrl-1")]
    [InlineData("alt-x")]
    public void Refuses_what_is_no_key(string keys) => Assert.Throws<CommandFailedException>(() => DetachKeys.Parse(keys));
}
