using System.Text.RegularExpressions;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

/// <summary>How the replicas of a changed service are replaced under <c>deploy.update_config</c>.</summary>
public sealed partial class UpdatePlannerTests
{
    [Fact]
    public void Stops_each_batch_before_its_successors_start_and_goes_on_when_they_run()
    {
        Assert.Equal(
            """
            1 stop shop-web-1: its configuration has changed
            2 remove shop-web-1: its configuration has changed (after 1)
            3 create shop-web-1: its configuration has changed (after 2)
            4 start shop-web-1: its configuration has changed (after 3)
            5 await shop-web-1 replaced for 2 s: its configuration has changed (after 4)
            6 stop shop-web-2: its configuration has changed
            7 remove shop-web-2: its configuration has changed (after 6)
            8 create shop-web-2: its configuration has changed (after 7)
            9 start shop-web-2: its configuration has changed (after 8)
            10 await shop-web-2 replaced for 2 s: its configuration has changed (after 9)
            11 continue update of web after batch 1 of 2, unless more than 0 of 3 have failed, in 5 s: update_config (after 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 in any case)
            12 stop shop-web-3: its configuration has changed (after 11)
            13 remove shop-web-3: its configuration has changed (after 12)
            14 create shop-web-3: its configuration has changed (after 13)
            15 start shop-web-3: its configuration has changed (after 14)
            16 await shop-web-3 replaced for 2 s: its configuration has changed (after 15)
            17 continue update of web after batch 2 of 2, unless more than 0 of 3 have failed: update_config (after 11; after 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16 in any case)
            """, Changed(3, "{parallelism: 2, delay: 5s, monitor: 2s}"));
    }

    [Fact]
    public void Starts_the_new_one_first_and_puts_the_old_one_back_in_its_place_when_that_fails()
    {
        Assert.Equal(
            """
            1 rename shop-web-1 to OLD_shop-web-1: its configuration has changed
            2 create shop-web-1: its configuration has changed (after 1)
            3 start shop-web-1: its configuration has changed (after 2)
            4 await shop-web-1 replaced: its configuration has changed (after 3)
            5 stop shop-web-1: its configuration has changed (after 4)
            6 remove shop-web-1: its configuration has changed (after 5)
            7 stop shop-web-1: it failed to take the place of another (after 2; only if 3 or 4 fails)
            8 remove shop-web-1: it failed to take the place of another (after 7)
            9 rename OLD_shop-web-1 to shop-web-1: it failed to take the place of another (after 8)
            10 continue update of web after batch 1 of 1, unless more than 0 of 1 have failed: update_config (after 1, 2, 3, 4, 5, 6 in any case)
            """, Changed(1, "{order: start-first}"));
    }

    [Fact]
    public void Has_the_way_back_in_the_plan_when_a_failure_is_to_be_rolled_back()
    {
        var plan = Changed(2, "{failure_action: rollback}", "{parallelism: 0, monitor: 1s}");

        Assert.Contains("6 continue update of web after batch 1 of 2, unless more than 0 of 2 have failed: update_config (after 1, 2, 3, 4, 5 in any case)", plan);
        Assert.Contains(
            """
            13 stop shop-web-1: the update of web failed (only if 6 or 12 fails)
            14 remove shop-web-1: the update of web failed (after 13)
            15 create shop-web-1: the update of web failed (after 14)
            16 start shop-web-1: the update of web failed (after 15)
            17 await shop-web-1 replaced for 1 s: the update of web failed (after 16)
            18 stop shop-web-2: the update of web failed (only if 12 fails)
            """, plan);
    }

    [Fact]
    public void A_rollback_makes_the_container_of_before_not_what_the_file_says_now()
    {
        var there = There(1);
        var plan = Up(Load(Stack(1, "{failure_action: rollback}").Replace("GREEN", "RED")), there);

        var made = Created(plan);
        Assert.Equal(["COLOUR=RED", "COLOUR=GREEN"], made.SelectMany(s => s.Environment));
        Assert.Equal(there.Containers[0].Spec.ConfigHash, made[1].ConfigHash);
        Assert.NotEqual(there.Containers[0].Id, made[1].Id);
        Assert.Equal(made[1].Id[..12], made[1].Hostname);
    }

    [Fact]
    public void Tolerates_as_many_failures_as_the_ratio_allows_or_all_when_told_to_continue()
    {
        Assert.Contains("unless more than 1 of 3 have failed", Changed(3, "{max_failure_ratio: 0.34}"));
        Assert.DoesNotContain("unless more than", Changed(3, "{failure_action: continue}"));
    }

    [Fact]
    public void Without_update_config_all_replicas_are_replaced_at_once()
    {
        var plan = Changed(2, null);

        Assert.DoesNotContain("continue update", plan);
        Assert.Contains("5 stop shop-web-2: its configuration has changed\n", plan);
    }

    [Fact]
    public void Goes_on_with_an_interrupted_update_and_removes_the_old_one_only_when_its_successor_is_ready()
    {
        var project = Load(Stack(2, "{order: start-first}").Replace("GREEN", "RED"));
        var old = There(2);
        var first = After(Up(project)).Containers.Single(c => c.Spec.Number == 1);
        var there = old with
        {
            Containers = [.. old.Containers.Select(c => c.Spec.Number == 1 ? c with { Spec = c.Spec with { Name = $"{c.Id[..12]}_{c.Name}" } } : c), first],
        };

        Assert.StartsWith(
            """
            1 await shop-web-1 ready: an update was interrupted before it went
            2 stop OLD_shop-web-1: an update was interrupted before it went (after 1)
            3 remove OLD_shop-web-1: an update was interrupted before it went (after 2)
            4 rename shop-web-2 to OLD_shop-web-2: its configuration has changed
            """, Anonymous(Up(project, there).ToString()));
    }

    [Fact]
    public void Stops_first_and_says_so_where_two_could_not_publish_the_same_port()
    {
        var project = Load(Stack(1, "{order: start-first}").Replace("image: a", "image: a, ports: [\"8080:80\"]"));
        var plan = Up(project, There(1));

        Assert.StartsWith("1 stop shop-web-1", plan.ToString());
        Assert.Contains("port 8080", Assert.Single(plan.Warnings));
    }

    private static string Changed(int replicas, string? update, string? rollback = null) =>
        Anonymous(Up(Load(Stack(replicas, update, rollback).Replace("GREEN", "RED")), There(replicas)).ToString());

    private static Observation There(int replicas) => After(Up(Load(Stack(replicas, null))));

    private static string Stack(int replicas, string? update, string? rollback = null) =>
        $"services: {{web: {{image: a, environment: {{COLOUR: GREEN}}, deploy: {{replicas: {replicas}"
        + (update is null ? "" : $", update_config: {update}") + (rollback is null ? "" : $", rollback_config: {rollback}") + "}}}";

    private static string Anonymous(string plan) => Ids().Replace(plan, "OLD");

    [GeneratedRegex("[0-9a-f]{12}(?=_shop)")]
    private static partial Regex Ids();
}
