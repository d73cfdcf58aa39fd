using System.Collections.Concurrent;
using System.Diagnostics;

namespace Devoxx.Scenarios.Recovery;

/// <summary>
/// Every point × every command. What a command reaches is found out by tracing it once; then it is crashed at each of those,
/// several sandboxes at a time, each going from one crash to the next that fits what it has.
/// </summary>
public sealed class FailpointMatrix(IReadOnlySet<string> points)
{
    private const int MostFailures = 10;

    private readonly ConcurrentDictionary<string, byte> reached = new(StringComparer.Ordinal);
    private readonly List<Crash> left = [];
    private readonly ConcurrentBag<string> failures = [];
    private readonly Stopwatch clock = new();
    private TimeSpan? budget;
    private int runs;
    private int missed;

    public IEnumerable<string> Failures => failures;

    public int Runs => runs;

    /// <summary>Runs there are, in time or not.</summary>
    public int All { get; private set; }

    /// <summary>Runs in which the point was not come to so often, by another order of events.</summary>
    public int Missed => missed;

    public IEnumerable<string> Reached => reached.Keys;

    public IEnumerable<string> NotReached => points.Except(reached.Keys).Order(StringComparer.Ordinal);

    public TimeSpan Took { get; private set; }

    /// <param name="most">The most times one point is crashed in one command: at the first time, the last, and between.</param>
    /// <param name="within">No run begins later than this; null: all of them are run.</param>
    /// <param name="action">What is done at each point: see <see cref="Crash"/>.</param>
    /// <param name="among">Which points; null: all.</param>
    /// <param name="order">Which of all crashes to run, and in which order.</param>
    /// <param name="run">What is done with each; false: it did not come to the point.</param>
    public async Task Run(
        IReadOnlyList<CrashedCommand> commands, int workers, int most, TimeSpan? within, string action, Func<string, bool>? among,
        Func<IReadOnlyList<Crash>, IEnumerable<Crash>> order, Func<CrashingStack, Crash, Task<bool>> run)
    {
        clock.Start();
        budget = within;
        var all = new ConcurrentBag<Crash>();
        var queue = new ConcurrentQueue<CrashedCommand>(commands);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(workers, commands.Count)).Select(_ => Task.Run(TraceAll)));
        All = all.Count;
        left.AddRange(order([.. all.OrderBy(crash => crash.ToString(), StringComparer.Ordinal)]));
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => Work(run))));
        Took = clock.Elapsed;

        async Task TraceAll()
        {
            await using var stack = await CrashingStack.Create();
            while (queue.TryDequeue(out var command))
            {
                foreach (var (point, count) in await stack.Trace(command))
                {
                    reached[point] = 0;
                    if ((command.Only?.Split('|').Any(part => point.Contains(part, StringComparison.Ordinal)) is not false) && among?.Invoke(point) is not false)
                    {
                        foreach (var time in Times(count, most))
                        {
                            all.Add(new Crash(command, point, time, action));
                        }
                    }
                }
            }
        }
    }

    private static IEnumerable<int> Times(int count, int most) =>
        count <= most ? Enumerable.Range(1, count)
        : most == 1 ? [1]
        : Enumerable.Range(0, most).Select(i => 1 + (i * (count - 1) / (most - 1))).Distinct();

    private async Task Work(Func<CrashingStack, Crash, Task<bool>> run)
    {
        var stack = await CrashingStack.Create();
        try
        {
            while (failures.Count < MostFailures && Next(stack.Size) is { } crash)
            {
                try
                {
                    if (!await run(stack, crash))
                    {
                        Interlocked.Increment(ref missed);
                    }

                    Interlocked.Increment(ref runs);
                    foreach (var point in stack.Seen)
                    {
                        // What it comes to depends a little on which comes first.
                        reached[point] = 0;
                    }
                }
                catch (Exception failure)
                {
                    failures.Add($"{crash}: {failure.Message}");
                    // What it left is of no use to the next.
                    await stack.DisposeAsync();
                    stack = await CrashingStack.Create();
                }
            }

            await stack.End();
        }
        catch (Exception failure)
        {
            failures.Add("at the end: " + failure.Message);
        }
        finally
        {
            await stack.DisposeAsync();
        }
    }

    /// <summary>One that needs little to be made ready: of those that leave what there is, or that lead on from it, before any other.</summary>
    private Crash? Next(StackSize size)
    {
        lock (left)
        {
            if (clock.Elapsed > budget)
            {
                return null;
            }

            var next = left.FindIndex(crash => crash.Command.From == size && crash.Command.To != size);
            next = left.FindIndex(crash => crash.Command.From == size && crash.Command.To == size) is var stays and >= 0 && (next < 0 || left.Count % 3 != 0) ? stays : next;
            next = next < 0 && left.Count > 0 ? 0 : next;
            if (next < 0)
            {
                return null;
            }

            var crash = left[next];
            left.RemoveAt(next);
            return crash;
        }
    }
}
