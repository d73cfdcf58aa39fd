using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Tests.Runtimes;

public sealed class RuntimeExecTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    [InlineData(int.MaxValue / 1000)]
    public void A_time_that_no_timer_can_count_is_no_limit(int? days)
    {
        using var over = new CancellationTokenSource();
        using var late = RuntimeExec.Late(days is { } d ? TimeSpan.FromDays(d) : null, over.Token);
        Assert.False(late.IsCancellationRequested);

        over.Cancel();
        Assert.True(late.IsCancellationRequested);
    }
}
