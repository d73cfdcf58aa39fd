using System.Globalization;
using Devoxx.Bench;

// What to measure; all of it when nothing is named.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clone = Path.GetFullPath(Path.Join(AppContext.BaseDirectory, "../../../.."));
var wanted = args.Length == 0 ? ["start", "runtimes", "stacks", "recovery", "memory", "events", "logs", "networks"] : args;
using var place = new Workplace(clone);
Console.WriteLine($"{Environment.ProcessorCount} processors, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
foreach (var what in wanted)
{
    switch (what)
    {
        case "start": StartLatency.Measure(place); break;
        case "runtimes": Runtimes.Measure(place); break;
        case "stacks": Stacks.Measure(place); break;
        case "recovery": Recovery.Measure(place); break;
        case "memory": Memory.Measure(place); break;
        case "events": Events.Measure(place); break;
        case "logs": Logs.Measure(place); break;
        case "networks": Networks.Measure(place); break;
        default:
            Console.Error.WriteLine($"{what}: not one of start, runtimes, stacks, recovery, memory, events, logs, networks");
            return 2;
    }
}

return 0;
