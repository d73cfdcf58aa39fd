namespace Devoxx.Supervisor.Journal;

/// <summary>Bounds the growth of the journal while the supervisor runs: shortly after its start, then once a day.</summary>
public static class JournalHousekeeping
{
    /// <summary>The environment variable that says for how many days history is kept at least; 0 keeps all of it.</summary>
    public const string Variable = "DEVOXX_JOURNAL_DAYS";

    private const int DefaultDays = 90;
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1), Between = TimeSpan.FromDays(1);

    /// <summary>Trims now and then, and says on standard error what it has dropped, until <paramref name="leaving"/> completes.</summary>
    public static async Task RunAsync(JournalDatabase journal, TimeProvider clock, Task leaving)
    {
        var days = int.TryParse(Environment.GetEnvironmentVariable(Variable), out var set) && set >= 0 ? set : DefaultDays;
        if (days == 0)
        {
            return;
        }

        var retention = Retention(days);
        for (var wait = AfterStart; ; wait = Between)
        {
            using var timer = new CancellationTokenSource();
            if (await Task.WhenAny(leaving, Task.Delay(wait, clock, timer.Token)).ConfigureAwait(false) == leaving)
            {
                await timer.CancelAsync().ConfigureAwait(false);
                return;
            }

            try
            {
                if (await journal.TrimAsync(retention, clock.GetUtcNow()).ConfigureAwait(false) is { IsNothing: false } trim)
                {
                    await Console.Error.WriteLineAsync($"{clock.GetUtcNow():O} journal: {trim}").ConfigureAwait(false);
                }
            }
            catch (JournalException e)
            {
                // The actors' own writes tell whether it still can be used; only the growth is not bounded today.
                await Console.Error.WriteLineAsync($"{clock.GetUtcNow():O} journal: nothing was dropped: {e.Message}").ConfigureAwait(false);
            }
        }
    }

    // A container's id never comes again once it is removed; its cgroup's comes with every run, a volume's name when people like.
    internal static JournalRetention Retention(int days) =>
        new(TimeSpan.FromDays(days), Ends: ["container.removed.v1"], Rests: ["cgroup.removed.v1", "volume.removed.v1"]);
}
