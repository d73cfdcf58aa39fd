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

    [Theory]
    [InlineData("128 0x7fffd6a08a30 0x0 0x0 0x8 0x0 0x0 0x7fffd6a089e8 0x7f660271e829\n", "0", true)]
    [InlineData("", "do_sigtimedwait.isra.0", true)]
    [InlineData("230 0x0 0x0 0x7ffc 0x0 0x0 0x0 0x7ffc 0x7f\n", "hrtimer_nanosleep", false)]
    [InlineData("running\n", "0", false)]
    public void An_init_that_waits_for_signals_gets_them_though_it_blocks_none(string syscall, string waitsIn, bool gets) =>
        Assert.Equal(gets, StopSignals.IsAwaitingSignals(syscall, waitsIn));

    [Fact]
    public void Doubt_is_for_waiting()
    {
        Assert.True(StopSignals.IsHandled("Name:\tsleep\n", 15));
    }

    [Fact]
    public void One_that_is_dead_already_has_dropped_nothing() => Assert.True(StopSignals.IsHandled(Sleep.Replace("\nSigBlk", "\nState:\tZ (zombie)\nSigBlk"), 15));
}
