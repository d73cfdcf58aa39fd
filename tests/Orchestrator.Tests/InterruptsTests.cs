using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class InterruptsTests
{
    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    [Fact]
    public void The_first_signal_asks_for_an_orderly_end_and_the_second_for_an_immediate_one()
    {
        var clock = new Clock();
        using var interrupts = new Interrupts(clock);
        interrupts.Raise();
        Assert.True(interrupts.First.IsCancellationRequested);
        Assert.False(interrupts.Second.IsCancellationRequested);
        clock.Now += TimeSpan.FromSeconds(1);
        interrupts.Raise();
        Assert.True(interrupts.Second.IsCancellationRequested);
    }

    [Fact]
    public void One_signal_that_comes_twice_is_one()
    {
        var clock = new Clock();
        using var interrupts = new Interrupts(clock);
        interrupts.Raise();
        clock.Now += TimeSpan.FromMilliseconds(20);
        interrupts.Raise();
        Assert.False(interrupts.Second.IsCancellationRequested);
    }
}
