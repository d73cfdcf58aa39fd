namespace Devoxx.Bench;

/// <summary>up -d, ps, config and down of stacks of 1, 20 and 50 services.</summary>
internal static class Stacks
{
    // dockerd 20.10 with compose 2.40 on a quiet machine of this kind with two processors.
    private static readonly Dictionary<(string Verb, int Services), double> Elsewhere = new()
    {
        [("up -d, warm", 1)] = 0.42, [("up -d, warm", 20)] = 3.4, [("up -d, warm", 50)] = 7.8,
        [("down", 1)] = 0.34, [("down", 20)] = 1.6, [("down", 50)] = 4.1,
        [("ps", 1)] = 0.05, [("ps", 20)] = 0.05, [("ps", 50)] = 0.05,
        [("config", 1)] = 0.05, [("config", 20)] = 0.05, [("config", 50)] = 0.05,
    };

    public static void Measure(Workplace place)
    {
        var other = place.Docker is null ? "dockerd 20.10 + compose 2.40 (measured elsewhere)" : "docker compose";
        var table = new Table("Stacks of sleeping services", "", "devoxx-compose", other, "ratio");
        foreach (var services in (int[])[1, 20, 50])
        {
            var stack = place.SleepStack(services);
            var rounds = services == 1 ? 11 : services == 20 ? 5 : 3;
            var own = Measure(place.Devoxx, stack, rounds, place.StopSupervisor);
            var docker = place.Docker is null ? null : Measure(place.Docker, stack, Math.Min(rounds, 3), null);
            foreach (var (verb, time) in own)
            {
                TimeSpan? theirs = docker is not null
                    ? docker.TryGetValue(verb, out var measured) ? measured : null
                    : Elsewhere.TryGetValue((verb, services), out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
                table.Add($"{verb}, {services}", Table.Time(time), Table.Time(theirs), Table.Ratio(theirs, time));
            }
        }

        table.Print();
    }

    private static Dictionary<string, TimeSpan> Measure(Engine engine, string stack, int rounds, Action? cool)
    {
        var times = new Dictionary<string, List<TimeSpan>>();
        void Time(string verb, params string[] arguments)
        {
            if (!times.TryGetValue(verb, out var list))
            {
                times[verb] = list = [];
            }

            list.Add(engine.Run(["-f", stack, .. arguments]).Took);
        }

        for (var round = 0; round < rounds; round++)
        {
            if (cool is not null)
            {
                cool();
                Time("up -d, cold", "up", "-d");
                engine.Run("-f", stack, "down");
            }

            Time("up -d, warm", "up", "-d");
            Time("up -d, nothing to do", "up", "-d");
            Time("ps", "ps");
            Time("config", "config");
            Time("down", "down");
        }

        return times.ToDictionary(entry => entry.Key, entry => Timed.Median(entry.Value));
    }
}
