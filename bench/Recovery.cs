using System.Diagnostics;
using Devoxx.Native.Processes;

namespace Devoxx.Bench;

/// <summary>kill -9 of the supervisor beside running containers, then the next command: it answers when all are adopted.</summary>
internal static class Recovery
{
    public static void Measure(Workplace place)
    {
        var table = new Table("Recovery after kill -9 of the supervisor, until the next command is answered", "", "wall", "best", "processor time of the new supervisor");
        foreach (var containers in (int[])[1, 20, 100])
        {
            var stack = place.SleepStack(containers);
            place.Devoxx.Run("-f", stack, "up", "-d");
            var times = new List<TimeSpan>();
            var processor = new List<TimeSpan>();
            for (var round = 0; round < 11; round++)
            {
                Kill(place);
                times.Add(place.Devoxx.Run("ls").Took);
                processor.Add(Process.GetProcessById(place.Processes("supervisor").Single()).TotalProcessorTime);
            }

            place.Devoxx.Run("-f", stack, "down");
            table.Add($"{containers} running", Table.Time(Timed.Median(times)), Table.Time(times.Min()), Table.Time(Timed.Median(processor)));
        }

        table.Print();
    }

    private static void Kill(Workplace place)
    {
        foreach (var pid in place.Processes("supervisor"))
        {
            using var process = Process.GetProcessById(pid);
            using var supervisor = PidFd.Open(pid);
            supervisor.SendSignal(Signal.Kill);
            process.WaitForExit();
        }
    }
}
