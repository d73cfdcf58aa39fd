using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Tests.Containers;
using Devoxx.Supervisor.Tests.Planning;

namespace Devoxx.Supervisor.Tests.Projects;

/// <summary>What <c>depends_on</c> makes of how the containers of a dependency are.</summary>
public sealed class StartGatesTests
{
    [Fact]
    public void Lets_through_what_depends_on_nothing_or_on_a_service_without_containers()
    {
        Assert.Equal(StartVerdict.Open, Gate("{}", []).Verdict);
        Assert.Equal(StartVerdict.Open, Gate("{db: {condition: service_started}}", []).Verdict);
        Assert.Equal(StartVerdict.Open, StartGates.Of(null, "web", [Running()], asked: true).Verdict);
    }

    [Fact]
    public void A_started_dependency_runs_or_has_run_by_itself_to_its_end()
    {
        const string started = "{db: {condition: service_started}}";
        Assert.Equal(StartVerdict.Open, Gate(started, [Running()]).Verdict);
        Assert.Equal(StartVerdict.Open, Gate(started, [Exited(1)]).Verdict);
        Assert.Equal("waiting for db to be started", Gate(started, [BackingOff()]).Reason);
        Assert.Equal("waiting for db to be started", Gate(started, [Running(), Starting()]).Reason);
    }

    [Fact]
    public void A_dependency_must_complete_and_fails_for_good_when_it_ends_in_failure()
    {
        const string completed = "{db: {condition: service_completed_successfully}}";
        Assert.Equal("waiting for db to complete", Gate(completed, [Running()]).Reason);
        Assert.Equal(StartVerdict.Open, Gate(completed, [Exited(0)]).Verdict);
        Assert.Equal((StartVerdict.Wait, "waiting for db to complete"), (Gate(completed, [BackingOff()]).Verdict, Gate(completed, [BackingOff()]).Reason));

        var failed = Gate(completed, [Exited(3)]);
        Assert.Equal((StartVerdict.Fail, "dependency failed to start: shop-db-1 exited with code 3: failed with exit code 3"), (failed.Verdict, failed.Reason));
    }

    [Fact]
    public void What_is_not_required_is_waited_for_while_it_may_come_and_then_passed_over_with_a_word()
    {
        const string optional = "{db: {condition: service_completed_successfully, required: false}}";
        Assert.Equal(StartVerdict.Wait, Gate(optional, [Running()]).Verdict);

        var failed = Gate(optional, [Exited(3)]);
        Assert.Equal(StartVerdict.Open, failed.Verdict);
        Assert.Contains("shop-db-1 exited with code 3", Assert.Single(failed.Ignored));
    }

    [Fact]
    public void A_stopped_dependency_is_waited_for_by_who_restarts_by_itself_and_not_by_who_is_told_to_start()
    {
        const string started = "{db: {condition: service_started}}";
        Assert.Equal(StartVerdict.Wait, Gate(started, [Stopped()], asked: false).Verdict);
        Assert.Equal(StartVerdict.Open, Gate(started, [Stopped()], asked: true).Verdict);
    }

    [Fact]
    public void Says_everything_that_is_waited_for()
    {
        var project = PlannerFixture.Load(
            """
            services:
              web: {image: a, depends_on: {db: {condition: service_started}, migrate: {condition: service_completed_successfully}}}
              db: {image: a}
              migrate: {image: a}
            """);

        Assert.Equal(
            "waiting for db to be started and migrate to complete",
            StartGates.Of(project, "web", [Starting(), Running("migrate")], asked: true).Reason);
    }

    [Fact]
    public void A_dependency_that_was_started_again_by_itself_is_followed_once()
    {
        var project = Project("{db: {condition: service_started, restart: true}}");
        var db = Running();
        var gate = StartGates.Of(project, "web", [db], asked: true);
        var web = Web(gate);

        Assert.Null(StartGates.Followed(project, web, [web, db]));

        var again = Life("db", RestartCondition.Always).Tell(Exit(1)).Tell(new BackOffElapsed(1)).Tell(new MonitorStarted(2, Process)).State;
        Assert.Equal(again, StartGates.Followed(project, web, [web, again]));
        Assert.Null(StartGates.Followed(project, Web(StartGates.Of(project, "web", [again], asked: false)), [again]));
        Assert.Null(StartGates.Followed(Project("{db: {condition: service_started}}"), web, [web, again]));
    }

    [Fact]
    public void A_dependency_that_somebody_started_is_not_followed()
    {
        var project = Project("{db: {condition: service_started, restart: true}}");
        var web = Web(StartGates.Of(project, "web", [Running()], asked: true));
        var again = Life("db").Tell(new StopContainer(9, null, "stop")).Tell(Exit(143)).Tell(new StartContainer(10, "start")).Tell(new MonitorStarted(2, Process)).State;

        Assert.Equal(2, again.Run);
        Assert.Null(StartGates.Followed(project, web, [web, again]));
    }

    private static readonly RunningProcess Process = new(100, 7, 99, 6, "boot");

    private static Project Project(string dependsOn) => PlannerFixture.Load($"services: {{web: {{image: a, depends_on: {dependsOn}}}, db: {{image: a}}}}");

    private static StartGate Gate(string dependsOn, ImmutableArray<ContainerState> containers, bool asked = true) =>
        StartGates.Of(Project(dependsOn), "web", containers, asked);

    private static ContainerState Running(string service = "db") => Life(service).State;

    private static ContainerState Starting() => Created("db").Tell(new StartContainer(2, "up")).State;

    private static ContainerState Exited(int code) => Life("db").Tell(Exit(code)).State;

    private static ContainerState Stopped() => Life("db").Tell(new StopContainer(3, null, "stop")).Tell(Exit(143)).State;

    private static ContainerState BackingOff() => Life("db", RestartCondition.Always).Tell(Exit(1)).State;

    private static ContainerState Web(StartGate gate) =>
        Created("web").Tell(new StartContainer(2, "up", gate)).Tell(new MonitorStarted(1, Process)).State;

    private static RunEnded Exit(int code) => new(
        1, new ExitRecord(100, 7, "boot", ContainerLife.Start, ContainerLife.Start, code, null, 0), null);

    private static ContainerLife Life(string service, RestartCondition restart = RestartCondition.No) =>
        Created(service, restart).Tell(new StartContainer(2, "up")).Tell(new MonitorStarted(1, Process));

    private static ContainerLife Created(string service, RestartCondition restart = RestartCondition.No) => new ContainerLife().Tell(new CreateContainer(
        1, ContainerLife.Spec(Supervisor.Containers.RestartPolicy.Of(restart)) with { Service = service, Name = $"shop-{service}-1", Id = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(service)).PadLeft(64, '0') }, "new"));
}
