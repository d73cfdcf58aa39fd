using System.Collections.Concurrent;
using System.Diagnostics;

namespace Devoxx.Scenarios.Recovery;

/// <summary>How much of the stack there is.</summary>
public enum StackSize
{
    Down,
    One,
    Two,
}

/// <summary>A command that is crashed at every point it reaches.</summary>
/// <param name="From">What there has to be before.</param>
/// <param name="To">What there is when it has succeeded.</param>
/// <param name="AfterDeathOfAll">Every process of the sandbox is killed first: what is crashed is the recovery from that.</param>
public sealed record CrashedCommand(string Name, StackSize From, StackSize To, string[] Arguments, bool AfterDeathOfAll = false);

/// <summary>One crash: at this point, the n-th time the command comes to it.</summary>
public sealed record Crash(CrashedCommand Command, string Point, int Time)
{
    public override string ToString() => $"{Command.Name} with DEVOXX_FAILPOINT='{Point}:{Time}=kill'";
}

/// <summary>
/// Every point × every command. What a command reaches is found out by tracing it once; then it is crashed at each of those,
/// several sandboxes at a time, each going from one crash to the next that fits what it has.
/// </summary>
public sealed class FailpointMatrix(IReadOnlySet<string> points)
{
    /// <summary>Commands whose crashes leave the stack where others begin, so that little has to be made ready.</summary>
    public static IReadOnlyList<CrashedCommand> Commands { get; } =
    [
        new("up", StackSize.Down, StackSize.One, ["up", "-d"]),
        new("restart", StackSize.One, StackSize.One, ["restart", "-t", "3"]),
        new("recreate", StackSize.One, StackSize.One, ["up", "-d", "--force-recreate", "-t", "3"]),
        new("recovery", StackSize.One, StackSize.One, ["start"], AfterDeathOfAll: true),
        new("scale up", StackSize.One, StackSize.Two, ["up", "-d", "--scale", "web=2"]),
        new("scale down", StackSize.Two, StackSize.One, ["up", "-d", "--scale", "web=1", "-t", "3"]),
        new("down -v", StackSize.One, StackSize.Down, ["down", "-v", "-t", "3"]),
    ];

    private readonly ConcurrentDictionary<string, byte> reached = new(StringComparer.Ordinal);
    private readonly List<Crash> left = [];
    private readonly ConcurrentBag<string> failures = [];
    private readonly ConcurrentBag<string> unsteady = [];
    private readonly Stopwatch clock = new();
    private TimeSpan? budget;
    private int runs;
    private int missed;

    public IEnumerable<string> Failures => failures;

    /// <summary>Runs that failed once and then not: what they say is about an order of events, or about a machine too busy to wait for.</summary>
    public IEnumerable<string> Unsteady => unsteady;

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
    /// <param name="order">Which of all crashes to run, and in which order.</param>
    public async Task Run(int workers, int most, TimeSpan? within, Func<IReadOnlyList<Crash>, IEnumerable<Crash>> order)
    {
        clock.Start();
        budget = within;
        var all = new List<Crash>();
        await using (var first = await CrashingStack.Create())
        {
            foreach (var command in Commands)
            {
                foreach (var (point, count) in await first.Trace(command))
                {
                    reached[point] = 0;
                    all.AddRange(Times(count, most).Select(time => new Crash(command, point, time)));
                }
            }
        }

        All = all.Count;
        left.AddRange(order(all));
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(Work)));
        Took = clock.Elapsed;
    }

    private static IEnumerable<int> Times(int count, int most) =>
        count <= most ? Enumerable.Range(1, count)
        : most == 1 ? [1]
        : Enumerable.Range(0, most).Select(i => 1 + (i * (count - 1) / (most - 1))).Distinct();

    private async Task Work()
    {
        var stack = await CrashingStack.Create();
        try
        {
            while (failures.Count < 10 && Next(stack.Size) is { } crash)
            {
                for (var before = (string?)null; await Failure(stack, crash) is { } failure; before = failure)
                {
                    // What it left is of no use to the next.
                    await stack.DisposeAsync();
                    stack = await CrashingStack.Create();
                    if (before is not null)
                    {
                        failures.Add($"{crash}, twice: {before}; {failure}");
                        break;
                    }

                    unsteady.Add($"{crash}: {failure}");
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

    private async Task<string?> Failure(CrashingStack stack, Crash crash)
    {
        try
        {
            if (!await stack.CrashAndRecover(crash))
            {
                Interlocked.Increment(ref missed);
            }

            Interlocked.Increment(ref runs);
            return null;
        }
        catch (Exception failure)
        {
            return failure.Message;
        }
    }

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
