using System.Globalization;
using System.Text.RegularExpressions;
using Devoxx.Scenarios.Recovery;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Recovery, proved: kill -9, a failing call, or a stopped process at every point of every command, and what the machine looks like after.</summary>
public sealed class FailpointsScenario
{
    /// <summary>
    /// <c>all</c>: every time a command comes to a point, up to five; <c>each</c>: the first time; a number: as many runs of each matrix, chosen by the seed.
    /// </summary>
    private const string Variable = "DEVOXX_FAILPOINTS";

    /// <summary>Only commands whose name this regular expression matches.</summary>
    private const string OnlyVariable = "DEVOXX_FAILPOINTS_OF";

    /// <summary>Without being asked for more: a choice by the seed, in which every point comes before any comes twice.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(3), SmallBudget = TimeSpan.FromSeconds(40);

    private static string? Wanted => Environment.GetEnvironmentVariable(Variable);

    private static string? Only => Environment.GetEnvironmentVariable(OnlyVariable);

    [Fact]
    public async Task Recovers_from_a_crash_at_every_point_of_every_command()
    {
        var points = FailpointList.Read();
        var matrix = await Run(
            "kill", [.. CrashedCommand.All.Where(command => Wanted is "all" or "each" || !command.IsSlow)], null, Budget, (stack, crash) => stack.CrashAndRecover(crash));

        Assert.Empty(matrix.Reached.Except(points));
        Assert.True(Only is not null || !matrix.NotReached.Except(FailpointList.NotReached.Keys).Any(), $"no command comes to {string.Join(", ", matrix.NotReached.Except(FailpointList.NotReached.Keys))}: add one, or say in FailpointList why not");
        Assert.InRange(matrix.Missed, 0, matrix.Runs / 5);
        Assert.InRange(matrix.Runs, 20, matrix.All);
    }

    [Theory]
    [InlineData("EIO")]
    [InlineData("ENOSPC")]
    public async Task Says_what_has_failed_and_leaves_nothing(string errno)
    {
        var matrix = await Run(errno, CrashedCommand.Failing, FailpointList.CanFail, SmallBudget / 2, (stack, crash) => stack.FailAndTakeDown(crash));

        Assert.InRange(matrix.Missed, 0, matrix.Runs / 2);
        Assert.InRange(matrix.Runs, 5, matrix.All);
    }

    [Fact]
    public async Task Waits_for_no_process_that_is_stopped()
    {
        var matrix = await Run("stop", CrashedCommand.Stopping, FailpointList.IsOfRuntime, SmallBudget, (stack, crash) => stack.StopAtAndGoOn(crash));

        Assert.InRange(matrix.Missed, 0, matrix.Runs / 2);
        Assert.InRange(matrix.Runs, 5, matrix.All);
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("EIO")]
    public async Task Deletes_what_a_verb_of_the_runtime_has_left(string action)
    {
        await using var sandbox = await Sandbox.Create();
        var runtime = new CrashedRuntime(sandbox);
        runtime.Prepare();
        var (reached, runs) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var verb in CrashedVerb.All)
        {
            foreach (var (point, count) in await runtime.Trace(verb))
            {
                reached.Add(point);
                for (var time = 1; time <= count; time++, runs++)
                {
                    await runtime.CrashAndDelete(verb, point, time, action);
                }
            }
        }

        Console.WriteLine($"failpoints (verbs, {action}): {reached.Count} points reached, {runs} runs, all as they should be");
        Assert.Empty(reached.Except(FailpointList.Read()));
        Assert.Empty(FailpointList.OfVerbs.Except(reached));
    }

    private static async Task<FailpointMatrix> Run(
        string action, IReadOnlyList<CrashedCommand> commands, Func<string, bool>? among, TimeSpan budget, Func<CrashingStack, Crash, Task<bool>> run)
    {
        var seed = Seed.Choose();
        var matrix = new FailpointMatrix(FailpointList.Read());
        await matrix.Run(
            [.. commands.Where(command => Only is null || Regex.IsMatch(command.Name, Only))],
            workers: Math.Max(2, Environment.ProcessorCount),
            Wanted == "all" ? 5 : 1,
            within: Wanted is null ? budget : null,
            action,
            among,
            all =>
            {
                // Each point once before any a second time, whichever commands it falls to.
                var shuffled = all.ToArray();
                new Random(seed).Shuffle(shuffled);
                var chosen = shuffled.GroupBy(crash => crash.Point).SelectMany(same => same.Select((crash, turn) => (crash, turn))).OrderBy(each => each.turn).Select(each => each.crash).ToList();
                return int.TryParse(Wanted, CultureInfo.InvariantCulture, out var few) ? chosen.Take(few) : chosen;
            },
            run);
        Console.WriteLine($"failpoints ({action}): {matrix.Reached.Count()} of {FailpointList.Read().Count} points reached, {matrix.Runs} of {matrix.All} runs ({matrix.Missed} came another way) in {matrix.Took.TotalSeconds:0} s, "
            + (matrix.Failures.Any() ? $"{matrix.Failures.Count()} failed" : "all as they should be") + $"; DEVOXX_SEED={seed}");
        Assert.True(!matrix.Failures.Any(), string.Join("\n\n", matrix.Failures));
        return matrix;
    }
}
