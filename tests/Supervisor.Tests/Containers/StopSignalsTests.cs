using Devoxx.Supervisor.Monitors;

namespace Devoxx.Supervisor.Tests.Containers;

public sealed class StopSignalsTests
{
    private const string Sleep = "Name:\tsleep\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n";

    [Theory]
    [InlineData("SigCgt:\t0000000000004000")]
    [InlineData("SigBlk:\t0000000000004000")]
    public void A_handler_or_a_block_lets_sigterm_through_to_a_first_process(string line)
    {
        Assert.True(StopSignals.IsHandled(Sleep.Replace(line[..7] + "\t0000000000000000", line), 15));
    }

    [Fact]
    public void Without_either_the_kernel_drops_it()
    {
        Assert.False(StopSignals.IsHandled(Sleep, 15));
        Assert.False(StopSignals.IsHandled(Sleep.Replace("SigCgt:\t0000000000000000", "SigCgt:\t0000000000000002"), 15));
    }

    [Fact]
    public void Doubt_is_for_waiting()
    {
        Assert.True(StopSignals.IsHandled("Name:\tsleep\n", 15));
    }

    [Fact]
    public void One_that_is_dead_already_has_dropped_nothing() => Assert.True(StopSignals.IsHandled(Sleep.Replace("\nSigBlk", "\nState:\tZ (zombie)\nSigBlk"), 15));
}
