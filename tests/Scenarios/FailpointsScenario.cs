using System.Globalization;
using Devoxx.Scenarios.Recovery;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Recovery, proved: kill -9 at every point of every command, and what the machine looks like after.</summary>
public sealed class FailpointsScenario
{
    /// <summary><c>all</c>: every time a command comes to a point, up to five; a number: as many runs, chosen by the seed.</summary>
    private const string Variable = "DEVOXX_FAILPOINTS";

    /// <summary>Without being asked for more: enough for all of them on two cores that do nothing else.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Recovers_from_a_crash_at_every_point_of_every_command()
    {
        var points = FailpointList.Read();
        var wanted = Environment.GetEnvironmentVariable(Variable);
        var seed = Seed.Choose();
        var matrix = new FailpointMatrix(points);
        await matrix.Run(
            workers: Math.Max(2, Environment.ProcessorCount),
            most: wanted == "all" ? 5 : 1,
            within: wanted is null ? Budget : null,
            all =>
            {
                // Each point once before any a second time, whichever commands it falls to.
                var shuffled = all.ToArray();
                new Random(seed).Shuffle(shuffled);
                var chosen = shuffled.GroupBy(crash => crash.Point).SelectMany(same => same.Select((crash, turn) => (crash, turn))).OrderBy(each => each.turn).Select(each => each.crash).ToList();
                return int.TryParse(wanted, CultureInfo.InvariantCulture, out var few) ? chosen.Take(few) : chosen;
            });

        Console.WriteLine($"failpoints: {matrix.Reached.Count()} of {points.Count} points reached, {matrix.Runs} of {matrix.All} runs ({matrix.Missed} came another way) in {matrix.Took.TotalSeconds:0} s, "
            + (matrix.Failures.Any() ? $"{matrix.Failures.Count()} not recovered" : "all recovered") + $", {matrix.Unsteady.Count()} at the second try; DEVOXX_SEED={seed}");
        foreach (var once in matrix.Unsteady)
        {
            Console.WriteLine($"failpoints: recovered at the second try: {once}");
        }

        Console.WriteLine($"failpoints not reached by these commands: {string.Join(' ', matrix.NotReached)}");
        Assert.True(!matrix.Failures.Any(), string.Join("\n\n", matrix.Failures));
        Assert.InRange(matrix.Unsteady.Count(), 0, Math.Max(3, matrix.Runs / 50));
        Assert.Empty(matrix.Reached.Except(points));
        Assert.InRange(matrix.Reached.Count(), 80, points.Count);
        Assert.InRange(matrix.Missed, 0, matrix.Runs / 5);
        Assert.InRange(matrix.Runs, 20, matrix.All);
    }
}
