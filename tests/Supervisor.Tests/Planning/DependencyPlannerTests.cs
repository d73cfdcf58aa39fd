using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Volumes;
using System.Collections.Immutable;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

/// <summary>What services need of each other, in the plan of an <c>up</c>.</summary>
public sealed class DependencyPlannerTests
{
    private const string Stack = """
        services:
          web:
            image: a
            network_mode: none
            depends_on:
              cache: {condition: service_started, required: false}
              db: {condition: service_healthy, restart: true}
              migrate: {condition: service_completed_successfully}
          cache: {image: a, network_mode: none}
          db: {image: a, network_mode: none}
          migrate: {image: a, network_mode: none}
        """;

    [Fact]
    public void A_start_says_what_it_comes_after_in_any_case_and_what_its_dependencies_must_be_like()
    {
        Assert.EndsWith(
            """
            8 start shop-web-1: there is none yet (after 7, 4, 6; after 2 in any case; when db is healthy and migrate has completed)
            """, Up(Load(Stack)).ToString());
    }

    [Fact]
    public void No_deps_starts_without_regard_to_them()
    {
        var start = Assert.Single(Up(Load(Stack), wish: Wish("web") with { NoDeps = true }).Operations, o => o.Kind == OperationKind.StartContainer);

        Assert.True(start.Ungated);
        Assert.Null(start.When);
    }

    [Fact]
    public void Who_asked_for_it_is_down_while_what_it_depends_on_is_replaced()
    {
        var there = After(Up(Load(Stack)));
        var plan = Up(Load(Stack.Replace("db: {image: a,", "db: {image: a, environment: {A: b},")), there);

        Assert.Equal(
            """
            1 stop shop-web-1: db, which it depends on, is replaced
            2 stop shop-db-1: its configuration has changed (after 1)
            3 remove shop-db-1: its configuration has changed (after 2)
            4 create shop-db-1: its configuration has changed (after 3)
            5 start shop-db-1: its configuration has changed (after 4)
            6 start shop-web-1: db, which it depends on, is replaced (after 1, 5; when db is healthy and migrate has completed)
            """, plan.ToString());
        Assert.Equal([StartedBy.Up, StartedBy.Dependency], plan.Operations.Where(o => o.Kind == OperationKind.StartContainer).Select(o => o.StartedBy));
        Assert.Equal([StartedBy.User, StartedBy.Dependency], ServicesPlanner.Restart(Load(Stack), ["db"], null, noDeps: false, there).Operations
            .Where(o => o.Kind == OperationKind.StartContainer).Select(o => o.StartedBy));
    }

    [Fact]
    public void Recreates_dependencies_only_when_told_to()
    {
        var project = Load(Stack);
        var there = After(Up(project));
        var web = Wish("web") with { Recreate = RecreatePolicy.Always };

        Assert.Equal(["shop-web-1"], Created(Up(project, there, web)).Select(s => s.Name));
        Assert.Equal(4, Created(Up(project, there, web with { RecreateDependencies = RecreatePolicy.Always })).Length);
        Assert.Equal(["shop-cache-1", "shop-db-1", "shop-migrate-1"],
            Created(Up(project, there, Wish("web") with { RecreateDependencies = RecreatePolicy.Always })).Select(s => s.Name).Order());
    }

    [Fact]
    public void Wait_awaits_each_replica_as_it_is_meant_to_end_up()
    {
        var project = Load(Stack);

        Assert.EndsWith(
            """
            9 await shop-cache-1 ready: --wait (after 2)
            10 await shop-db-1 ready: --wait (after 4)
            11 await shop-migrate-1 completed: --wait (after 6)
            12 await shop-web-1 ready: --wait (after 8)
            """, Up(project, wish: Wish() with { Wait = true }).ToString());
        Assert.Equal(4, Up(project, After(Up(project)), Wish() with { Wait = true }).Operations.Length);
    }

    [Fact]
    public void A_changed_volume_is_made_anew_only_with_yes()
    {
        const string stack = "services: {web: {image: a, network_mode: none, volumes: [\"data:/data\"]}}\nvolumes: {data: {labels: {a: b}}}";
        var before = Load(stack);
        var made = Up(before);
        var there = After(made) with { VolumeSpecs = ImmutableSortedDictionary<string, VolumeSpec>.Empty.Add("shop_data", made.Operations[0].Volume!) };
        var after = Load(stack.Replace("a: b", "a: c"));

        Assert.Empty(Up(before, there).Warnings);
        Assert.Contains("stays as it is", Assert.Single(Up(after, there).Warnings));
        Assert.Empty(Up(after, there).Operations);
        Assert.Equal(
            """
            1 stop shop-web-1: its volume shop_data has changed
            2 remove shop-web-1: its volume shop_data has changed (after 1)
            3 remove volume shop_data: its configuration has changed (after 2)
            4 create volume shop_data: its configuration has changed (after 3)
            5 create shop-web-1: its volume shop_data has changed (after 2, 4)
            6 start shop-web-1: its volume shop_data has changed (after 5)
            """, Up(after, there, Wish() with { AssumeYes = true }).ToString());
    }
}
