using System.Globalization;

namespace Devoxx.Bench;

/// <summary>200 MB of 100-byte lines, written by a container and read back; not one may be lost.</summary>
internal static class Logs
{
    private const int Lines = 2_000_000;

    public static void Measure(Workplace place)
    {
        var table = new Table("Logs: 2,000,000 lines of 100 bytes", "", "devoxx-compose", place.Docker is null ? "dockerd 20.10 (measured elsewhere)" : "docker compose", "ratio", "lines");
        var own = Measure(place, place.Devoxx);
        var (write, read) = place.Docker is null ? (TimeSpan.FromSeconds(4.6), TimeSpan.FromSeconds(11.7)) : Measure(place, place.Docker) is var (w, r, _) ? (w, r) : default;
        table.Add("written", Table.Time(own.Write), Table.Time(write), Table.Ratio(write, own.Write), "");
        table.Add("read back", Table.Time(own.Read), Table.Time(read), Table.Ratio(read, own.Read), own.Count == Lines ? "all" : $"{own.Count} of {Lines}");
        table.Print();
    }

    private static (TimeSpan Write, TimeSpan Read, long Count) Measure(Workplace place, Engine engine)
    {
        var stack = place.Write("lines.yaml", $$"""
            name: lines
            services:
              lines: {image: 'devoxx-bench:1', network_mode: none, command: [/lines, "{{Lines}}"]}
            """);
        engine.Run("-f", stack, "up", "-d");
        var deadline = DateTime.UtcNow.AddMinutes(2);
        string last;
        do
        {
            last = engine.Run("-f", stack, "logs", "--no-log-prefix", "--tail", "1").Output;
            if (DateTime.UtcNow > deadline)
            {
                throw new TimeoutException("the lines are not written: " + last);
            }
        }
        while (!last.Contains("wrote "));
        var write = TimeSpan.FromSeconds(double.Parse(last.AsSpan(last.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

        var output = $"{place.Directory}/lines.out";
        var read = Timed.Must([.. engine.Command, "-f", stack, "logs", "--no-log-prefix"], engine.Environment, output).Took;
        long count = 0, next = 0;
        foreach (var line in File.ReadLines(output))
        {
            // Numbered: neither one lost nor two exchanged.
            if (line.Length == 99 && long.TryParse(line.AsSpan(0, 12), out var number) && number == next)
            {
                count++;
                next++;
            }
        }

        File.Delete(output);
        engine.Run("-f", stack, "down");
        return (write, read, count);
    }
}
