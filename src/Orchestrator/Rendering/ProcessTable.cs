using System.Globalization;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>The output of <c>top</c>: the columns of <c>ps -ef</c> behind service and replica.</summary>
internal static class ProcessTable
{
    public static void Write(TextWriter output, IEnumerable<ProcessesView> containers, UserNames users, DateTimeOffset now)
    {
        var table = new Table("SERVICE", "#", "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD") { LeastWidth = 0 };
        foreach (var container in containers.OrderBy(container => container.Service, StringComparer.Ordinal).ThenBy(container => container.Number))
        {
            foreach (var process in container.Processes)
            {
                table.Add(
                    container.Service,
                    Number(container.Number),
                    users.Of(process.Uid),
                    Number(process.Pid),
                    Number(process.ParentPid),
                    Number(Share(process, now)),
                    Started(process.StartedAt.ToOffset(now.Offset), now),
                    process.Terminal,
                    Time(process.CpuTime),
                    process.Command);
            }
        }

        table.Write(output);
    }

    /// <summary>As ps(1) has it: processor time over the time that it has been there, in per cent.</summary>
    private static int Share(ProcessView process, DateTimeOffset now)
    {
        var age = (now - process.StartedAt).TotalSeconds;
        return age <= 0 ? 0 : (int)Math.Min(99, 100 * process.CpuTime.TotalSeconds / age);
    }

    private static string Started(DateTimeOffset time, DateTimeOffset now) => time.ToString(
        now - time < TimeSpan.FromDays(1) ? "HH:mm" : time.Year == now.Year ? "MMMdd" : "yyyy", CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) =>
        $"{(time.Days > 0 ? Number(time.Days) + "-" : "")}{time.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture)}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
