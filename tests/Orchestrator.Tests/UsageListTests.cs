using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class UsageListTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 17, 30, 0, TimeSpan.Zero);
    private static readonly UsageView Usage = new(
        ContainerListTests.View().Id, "shop-web-1", "web", Now, 64L << 20, 1L << 30, 1_500_000, 3, 4_261_000, 0, 1500, 12, null, null, null)
    {
        SinceBoot = TimeSpan.FromMinutes(7),
    };

    // Read when the clock was three hours ahead; one second before all the same.
    private static readonly UsageView Before = Usage with { At = Now.AddHours(3), SinceBoot = Usage.SinceBoot - TimeSpan.FromSeconds(1), CpuMicroseconds = 1_000_000 };

    [Fact]
    public void Shows_the_columns_of_docker_stats() => Assert.Equal(
        """
        CONTAINER ID   NAME         CPU %     MEM USAGE / LIMIT   MEM %     NET I/O       BLOCK I/O     PIDS
        aaaaaaaaaaaa   shop-web-1   50.00%    64MiB / 1GiB        6.25%     1.5kB / 12B   4.26MB / 0B   3
        aaaaaaaaaaaa   shop-db-1    --        -- / --             --        -- / --       -- / --       --

        """, Write(null, new UsageRow(ContainerListTests.View(), Usage, Before), new UsageRow(ContainerListTests.View("db"), null, null)));

    [Fact]
    public void Pressure_stands_behind_where_the_kernel_tells_it()
    {
        var table = Write(null, new UsageRow(ContainerListTests.View(), Usage with { CpuPressure = 1.5, MemoryPressure = 0 }, Before));
        Assert.Contains("CPU / MEM / IO STALLED", table);
        Assert.Contains("1.50% / 0.00% / --", table);
    }

    [Fact]
    public void Another_run_begins_from_nothing_and_one_reading_is_no_rate()
    {
        Assert.Equal(0, new UsageRow(ContainerListTests.View(), Usage, Before with { CpuMicroseconds = 9_000_000 }).CpuShare);
        Assert.Null(new UsageRow(ContainerListTests.View(), Usage, null).CpuShare);
    }

    [Fact]
    public void Takes_a_format()
    {
        Assert.Equal("shop-web-1 50.00%\n", Write("{{.Name}} {{.CPUPerc}}", new UsageRow(ContainerListTests.View(), Usage, Before)));
        Assert.StartsWith("{\"BlockIO\":\"4.26MB / 0B\",\"CPUPerc\":\"50.00%\",\"Container\":\"shop-web-1\"", Write("json", new UsageRow(ContainerListTests.View(), Usage, Before)));
    }

    [Fact]
    public void Top_shows_the_columns_of_ps()
    {
        var output = new StringWriter { NewLine = "\n" };
        ProcessTable.Write(
            output,
            [new ProcessesView("a", "shop-web-1", "web", 1, [new ProcessView(4711, 12, 0, "?", TimeSpan.FromSeconds(3725), Now.AddHours(-2), "nginx: master")])],
            UserNames.Parse(["root:x:0:0:root:/root:/bin/sh"]),
            Now);
        Assert.Equal(
            "SERVICE   #   UID    PID    PPID   C    STIME   TTY   TIME       CMD\n" +
            "web       1   root   4711   12     51   15:30   ?     01:02:05   nginx: master\n", output.ToString());
    }

    private static string Write(string? format, params UsageRow[] rows)
    {
        var output = new StringWriter { NewLine = "\n" };
        new UsageList(format, truncate: true).Write(output, rows);
        return output.ToString();
    }
}
