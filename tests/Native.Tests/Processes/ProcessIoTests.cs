using Devoxx.Native.Processes;
using Xunit;

namespace Devoxx.Native.Tests.Processes;

public sealed class ProcessIoTests
{
    [Fact]
    public void Counts_what_went_to_and_came_from_devices_and_not_what_was_cut_off_before() => Assert.Equal(
        new ProcessIo(323932160, 4000),
        ProcessIo.Parse("rchar: 323934931\nwchar: 323929600\nsyscr: 632687\nsyscw: 632675\nread_bytes: 323932160\nwrite_bytes: 5000\ncancelled_write_bytes: 1000\n"));

    [Fact]
    public void Knows_itself_and_nothing_of_a_process_that_is_not()
    {
        Assert.NotNull(ProcessIo.Of(Environment.ProcessId));
        Assert.Null(ProcessIo.Of([0]));
        Assert.Null(ProcessIo.Of([]));
    }
}
