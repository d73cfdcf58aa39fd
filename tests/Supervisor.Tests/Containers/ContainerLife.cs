using System.Collections.Immutable;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Tests.Containers;

/// <summary>A container's pure core with a clock that stands still until told: commands in, events and effects out.</summary>
internal sealed class ContainerLife
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ContainerState State { get; private set; } = ContainerState.Initial;

    public DateTimeOffset Now { get; private set; } = Start;

    public ImmutableArray<IContainerEvent> Events { get; private set; } = [];

    public ImmutableArray<IContainerEffect> Effects { get; private set; } = [];

    public static ContainerSpec Spec(RestartPolicy? restart = null, long? memory = null) => new()
    {
        Id = new string('a', 64),
        Name = "shop-web-1",
        Project = "shop",
        Service = "web",
        Number = 1,
        Image = "busybox:1.36",
        ImageId = "sha256:" + new string('b', 64),
        ConfigHash = "c0ffee",
        Arguments = ["sleep", "1"],
        Hostname = "web",
        Restart = restart ?? RestartPolicy.No,
        Limits = new ResourceLimits(Memory: memory),
    };

    public static ContainerLife Running(RestartPolicy? restart = null, long? memory = null, Func<ContainerSpec, ContainerSpec>? spec = null)
    {
        var life = new ContainerLife();
        life.Tell(new CreateContainer(1, (spec ?? (same => same))(Spec(restart, memory)), "there is none yet"));
        life.Tell(new StartContainer(2, "up"));
        life.Tell(new ContainerPrepared(1));
        life.Tell(new MonitorStarted(1, new RunningProcess(100, 7, 99, 6, "boot")));
        return life;
    }

    /// <summary>Decides, and takes what was decided into the state.</summary>
    public ContainerLife Tell(IContainerCommand command)
    {
        (Events, Effects) = ContainerDecisions.Decide(State, command, Now);
        State = Events.Aggregate(State, (state, e) => state.Apply(e));
        return this;
    }

    public ContainerLife Exit(int code, int? signal = null, int oomKills = 0) => Tell(new RunEnded(
        State.Run,
        new ExitRecord(100, 7, "boot", State.StartedAt!.Value, Now, code, signal, 0),
        new CgroupUsage(1024, TimeSpan.FromMilliseconds(3), oomKills)));

    public ContainerLife After(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public T Event<T>() where T : IContainerEvent => Assert.IsType<T>(Assert.Single(Events, e => e is T));

    public T Effect<T>() where T : IContainerEffect => Assert.IsType<T>(Assert.Single(Effects, e => e is T));
}
