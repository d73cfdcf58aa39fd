using System.Globalization;
using Devoxx.Scenarios.Recovery;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Recovery, proved: kill -9 at every point of every command, and what the machine looks like after.</summary>
public sealed class FailpointsScenario
{
    /// <summary><c>all</c>: every time a command comes to a point, up to five; a number: as many runs, chosen by the seed.</summary>
    private const string Variable = "DEVOXX_FAILPOINTS";

    /// <summary>Without being asked for more: a choice by the seed, in which every point comes before any comes twice.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(3);

    private static string? Wanted => Environment.GetEnvironmentVariable(Variable);

    [Fact]
    public async Task Recovers_from_a_crash_at_every_point_of_every_command()
    {
        var points = FailpointList.Read();
        var matrix = await Run("kill -9", CrashedCommand.All, Wanted == "all" ? 5 : 1, Budget, (stack, crash) => stack.CrashAndRecover(crash));

        Assert.Empty(matrix.Reached.Except(points));
        Assert.True(!matrix.NotReached.Except(FailpointList.NotReached.Keys).Any(), $"no command comes to {string.Join(", ", matrix.NotReached.Except(FailpointList.NotReached.Keys))}: add one, or say in FailpointList why not");
        Assert.InRange(matrix.Missed, 0, matrix.Runs / 5);
        Assert.InRange(matrix.Runs, 20, matrix.All);
    }

    private static async Task<FailpointMatrix> Run(
        string what, IReadOnlyList<CrashedCommand> commands, int most, TimeSpan budget, Func<CrashingStack, Crash, Task<bool>> run)
    {
        var seed = Seed.Choose();
        var matrix = new FailpointMatrix(FailpointList.Read());
        await matrix.Run(
            commands,
            workers: Math.Max(2, Environment.ProcessorCount),
            most,
            within: Wanted is null ? budget : null,
            all =>
            {
                // Each point once before any a second time, whichever commands it falls to.
                var shuffled = all.ToArray();
                new Random(seed).Shuffle(shuffled);
                var chosen = shuffled.GroupBy(crash => crash.Point).SelectMany(same => same.Select((crash, turn) => (crash, turn))).OrderBy(each => each.turn).Select(each => each.crash).ToList();
                return int.TryParse(Wanted, CultureInfo.InvariantCulture, out var few) ? chosen.Take(few) : chosen;
            },
            run);
        Console.WriteLine($"failpoints ({what}): {matrix.Reached.Count()} of {FailpointList.Read().Count} points reached, {matrix.Runs} of {matrix.All} runs ({matrix.Missed} came another way) in {matrix.Took.TotalSeconds:0} s, "
            + (matrix.Failures.Any() ? $"{matrix.Failures.Count()} failed" : "all as they should be") + $"; DEVOXX_SEED={seed}");
        Assert.True(!matrix.Failures.Any(), string.Join("\n\n", matrix.Failures));
        return matrix;
    }
}
