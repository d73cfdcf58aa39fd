using System.Globalization;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// Bounds the growth of the journal while the supervisor runs: shortly after its start, then once a day; sooner where history is kept for a shorter time than that.
/// </summary>
public static class JournalHousekeeping
{
    /// <summary>The environment variable that says for how many days history is kept at least, e.g. 90 or 0.5; 0 keeps all of it.</summary>
    public const string Variable = "DEVOXX_JOURNAL_DAYS";

    /// <summary>The environment variable that says how many events an actor writes between two snapshots. What a snapshot stands for need not be replayed, nor kept.</summary>
    public const string SnapshotVariable = "DEVOXX_JOURNAL_SNAPSHOT_EVERY";

    /// <summary>Few enough that replaying them costs less than a millisecond.</summary>
    private const int DefaultEventsBetweenSnapshots = 200;

    private const int DefaultDays = 90;
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1), Between = TimeSpan.FromDays(1);

    /// <summary>At least 1.</summary>
    public static int EventsBetweenSnapshots { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(SnapshotVariable), CultureInfo.InvariantCulture, out var set) && set > 0 ? set : DefaultEventsBetweenSnapshots;

    /// <summary>Trims now and then, and says on standard error what it has dropped, until <paramref name="leaving"/> completes.</summary>
    public static async Task RunAsync(JournalDatabase journal, TimeProvider clock, Task leaving)
    {
        var days = double.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var set) && set is >= 0 and < 1e6 ? set : DefaultDays;
        if (days <= 0)
        {
            return;
        }

        var retention = Retention(days);
        for (var wait = Shorter(AfterStart, retention.Keep); ; wait = Shorter(Between, retention.Keep))
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

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // A container's id never comes again once it is removed; its cgroup's comes with every run, a volume's name when people like.
    internal static JournalRetention Retention(double days) =>
        new(TimeSpan.FromDays(days), Ends: ["container.removed.v1"], Rests: ["cgroup.removed.v1", "volume.removed.v1"]);
}
