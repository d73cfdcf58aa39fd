namespace Devoxx.Bench;

/// <summary>From the request to the first instruction of the container's command, and to the end of the whole command.</summary>
internal static class StartLatency
{
    private const int Rounds = 21;

    public static void Measure(Workplace place)
    {
        var table = new Table("Start of one container", "", "first instruction", "whole command", "first, to devoxx's");
        var own = Runtime(place, $"{place.Clone}/out/devoxx-runtime");
        table.Add("devoxx-runtime run", Table.Time(own?.First), Table.Time(own?.Whole), "1");
        foreach (var peer in (string[])["runc", "crun"])
        {
            var measured = place.Peer(peer) is { } path ? Runtime(place, path) : null;
            table.Add($"{peer} run", Table.Time(measured?.First), Table.Time(measured?.Whole), Table.Ratio(measured?.First, own?.First));
        }

        TimeSpan? ours = null;
        foreach (var engine in place.Engines)
        {
            var (first, whole) = Stack(place, engine);
            ours ??= first;
            table.Add($"{engine.Name} up -d, warm", Table.Time(first), Table.Time(whole), Table.Ratio(first, ours));
        }

        if (place.Docker is null)
        {
            table.Add("docker run --network none (20.10, measured elsewhere)", "–", "225 ms", "–");
        }

        table.Print();
    }

    private static (TimeSpan First, TimeSpan Whole)? Runtime(Workplace place, string runtime)
    {
        if (RuntimePeer.Open(place, runtime) is not { } peer)
        {
            return null;
        }

        var first = new List<TimeSpan>();
        var whole = new List<TimeSpan>();
        peer.Enter();
        return peer.Inside(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var run = Timed.Must(peer.Command("run", $"bench-{round}"));
                first.Add(Stamp(run.Output) - Offset(run));
                whole.Add(run.Took);
            }

            return (Timed.Median(first), Timed.Median(whole));
        });
    }

    private static (TimeSpan First, TimeSpan Whole) Stack(Workplace place, Engine engine)
    {
        var stack = place.Write("stamp.yaml", """
            name: stamp
            services:
              stamp: {image: 'devoxx-bench:1', network_mode: none, command: [/stamp]}
            """);
        var first = new List<TimeSpan>();
        var whole = new List<TimeSpan>();
        engine.Run("-f", stack, "up", "-d");
        for (var round = 0; round < Rounds; round++)
        {
            engine.Run("-f", stack, "down");
            var up = engine.Run("-f", stack, "up", "-d");
            whole.Add(up.Took);
            first.Add(Stamp(Until("stamp ", () => engine.Run("-f", stack, "logs", "--no-log-prefix").Output)) - Offset(up));
        }

        engine.Run("-f", stack, "down");
        return (Timed.Median(first), Timed.Median(whole));
    }

    private static string Until(string containing, Func<string> read)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (read() is var output && output.Contains(containing))
            {
                return output;
            }
        }

        throw new TimeoutException($"no '{containing}'");
    }

    private static TimeSpan Stamp(string output)
    {
        var at = output.IndexOf("stamp ", StringComparison.Ordinal) + 6;
        return TimeSpan.FromTicks(long.Parse(output.AsSpan(at, output.IndexOf('\n', at) - at)) / 100);
    }

    private static TimeSpan Offset(Timed run) => TimeSpan.FromTicks(run.StartedAt / 100);
}
