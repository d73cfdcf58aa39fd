namespace Devoxx.Bench;

/// <summary>How many events a second are persisted while stacks come and go, and read back.</summary>
internal static class Events
{
    public static void Measure(Workplace place)
    {
        var stack = place.SleepStack(50);
        long Count() => place.Devoxx.Run("events", "-a", "--json").Output.Count(c => c == '\n');
        place.Devoxx.Run("-f", stack, "up", "-d");
        place.Devoxx.Run("-f", stack, "down");
        var before = Count();
        var busy = TimeSpan.Zero;
        for (var round = 0; round < 5; round++)
        {
            busy += place.Devoxx.Run("-f", stack, "up", "-d").Took;
            busy += place.Devoxx.Run("-f", stack, "down").Took;
        }

        var written = Count() - before;
        var all = place.Devoxx.Run("events", "-a", "--json");
        var total = all.Output.Count(c => c == '\n');

        var table = new Table("Events", "", "events", "time", "a second");
        table.Add("persisted, each with its effect in the kernel, by 5 times up and down of 50", $"{written}", Table.Time(busy), $"{written / busy.TotalSeconds:0}");
        table.Add("read back by events --json", $"{total}", Table.Time(all.Took), $"{total / all.Took.TotalSeconds:0}");
        table.Print();
    }
}
