using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Xunit;

namespace Devoxx.Native.Tests.Processes;

public sealed class ProcessDetailsTests
{
    private const string Stat = "77 (a) b) S 5 77 77 34818 77 4194560 1 0 0 0 250 50 0 0 20 0 1 0 12345 1000 10";

    [Fact]
    public void Reads_what_ps_shows()
    {
        var process = ProcessDetails.Parse(77, Stat, "Name:\tx\nUid:\t0\t1000\t0\t0\n", "sh\0-c\0echo \e[31mhi\0");
        Assert.Equal(
            new ProcessDetails(77, 5, 1000, 34818, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(123.45), "sh -c echo ?[31mhi"), process);
    }

    [Fact]
    public void A_process_without_arguments_has_its_name_in_brackets() => Assert.Equal("[a) b]", ProcessDetails.Parse(77, Stat, "", "")!.Command);

    [Fact]
    public void Knows_this_process_and_none_that_is_not_there()
    {
        Assert.Equal(Environment.ProcessId, ProcessDetails.Of(Environment.ProcessId)!.Pid);
        Assert.Null(ProcessDetails.Of(int.MaxValue));
    }

    [Theory]
    [InlineData("some avg10=1.23 avg60=0.00 avg300=0.00 total=5\nfull avg10=9.00 avg60=0.00 avg300=0.00 total=1", 1.23)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Pressure_is_the_ten_second_average_of_some(string? text, double? share) => Assert.Equal(share, CgroupPressure.SomeOf(text));
}
