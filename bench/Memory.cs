using System.Globalization;

namespace Devoxx.Bench;

/// <summary>Proportional set size (shared pages divided by their users) of what runs beside 50 containers.</summary>
internal static class Memory
{
    public static void Measure(Workplace place)
    {
        var stack = place.SleepStack(50);
        place.Devoxx.Run("-f", stack, "up", "-d");
        var supervisor = place.Processes("supervisor").Sum(Pss);
        var monitors = place.Processes("monitor");
        var monitorsPss = monitors.Sum(Pss);
        // Two seconds after the last request the supervisor gives back what that had needed: what it holds for weeks is this.
        Thread.Sleep(TimeSpan.FromSeconds(4));
        var quiet = place.Processes("supervisor").Sum(Pss);
        place.Devoxx.Run("-f", stack, "down");

        var table = new Table("Memory beside 50 containers (PSS)", "", "MiB", "dockerd 20.10 (measured elsewhere)", "ratio");
        table.Add("supervisor, quiet for 4 s", Mib(quiet), "153 (dockerd, containerd)", Ratio(153, quiet));
        table.Add("supervisor, right after up", Mib(supervisor), "153 (dockerd, containerd)", Ratio(153, supervisor));
        table.Add($"{monitors.Count} monitors", Mib(monitorsPss), "129 (shims)", Ratio(129, monitorsPss));
        table.Add("together, quiet", Mib(quiet + monitorsPss), "282", Ratio(282, quiet + monitorsPss));
        table.Add("together, right after up", Mib(supervisor + monitorsPss), "282", Ratio(282, supervisor + monitorsPss));
        table.Print();
    }

    /// <returns>Bytes.</returns>
    private static long Pss(int pid) =>
        long.Parse(File.ReadLines($"/proc/{pid}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    private static string Mib(long bytes) => $"{bytes / 1048576.0:0.0}";

    private static string Ratio(double theirs, long own) => own > 0 ? $"{theirs / (own / 1048576.0):0.0} ×" : "–";
}
