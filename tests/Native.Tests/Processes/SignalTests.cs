using Devoxx.Native.Processes;

namespace Devoxx.Native.Tests.Processes;

public sealed class SignalTests
{
    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("SIGTERM", 15)]
    [InlineData("sigusr1", 10)]
    [InlineData("9", 9)]
    [InlineData("RTMIN", 34)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    public void Knows_names_and_numbers(string text, int number) => Assert.Equal(number, Signal.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData(" 9")]
    [InlineData("SIG")]
    [InlineData("SIGSIGTERM")]
    [InlineData("RTMIN+31")]
    public void Refuses_anything_else(string text) => Assert.Throws<FormatException>(() => Signal.Parse(text));

    [Fact]
    public void Every_number_has_a_name_that_parses_back()
    {
        for (var n = 1; n <= 64; n++)
        {
            Assert.Equal(n, Signal.Parse(Signal.Name(n)));
        }
    }
}
