using Akka.Actor;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Tests.Networks;

public sealed class NetworkDecisionsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly Subject About = new("shop", Network: "shop_default");
    private static readonly LinkNames Names = new(StateRoot.At("/tmp/decisions"));
    private static readonly NetworkSpec Spec = new()
    {
        Name = "shop_default", Id = new string('b', 64), Project = "shop", Link = "dxb", Subnets = [new SubnetSpec("10.5.0.0/24", "10.5.0.1")],
    };

    private readonly NetworkLife life = new();

    [Fact]
    public void Is_made_after_it_has_been_asked_for_and_there_once_it_is_made()
    {
        Assert.Equal([new NetworkCreateRequested(About, Now, Spec)], life.Do(new CreateNetwork(1, Spec, ActorRefs.Nobody)));
        Assert.Equal([new MakeNetwork(Spec)], life.Effects);
        Assert.Equal(NetworkPhase.Creating, life.State.Phase);

        Assert.Equal([new NetworkCreated(About, Now)], life.Do(new NetworkMade()));
        Assert.Equal(NetworkPhase.Ready, life.State.Phase);
    }

    [Fact]
    public void What_could_not_be_made_is_taken_away_again()
    {
        life.Do(new CreateNetwork(1, Spec, ActorRefs.Nobody));

        Assert.Equal([new NetworkRemoveRequested(About, Now, "it could not be made: no")], life.Do(new NetworkNotMade("no")));
        Assert.Equal([new AnswerOrders("no"), new UnmakeNetwork(Spec)], life.Effects);
    }

    [Fact]
    public void Gives_a_container_the_same_address_at_every_start_and_to_another_only_when_it_is_gone()
    {
        Made();
        var first = Attached("one");
        life.Do(new EndpointMade("one", 1));
        var second = Attached("two");
        life.Do(new EndpointGone("one", 1));

        Assert.Equal(("10.5.0.2", "10.5.0.3"), (first.Ipv4, second.Ipv4));
        Assert.Equal("02:42:0a:05:00:02", first.Mac);
        Assert.Equal("10.5.0.4", Attached("three").Ipv4);
        Assert.Equal("10.5.0.2", Attached("one").Ipv4);
        life.Do(new EndpointGone("one", 2));
        Assert.Equal([new NetworkReleased(About, Now, "one")], life.Do(new ReleaseLease("shop_default", "one")));
        Assert.Equal("10.5.0.2", Attached("four").Ipv4);
    }

    [Fact]
    public void Refuses_a_static_address_that_another_container_has()
    {
        Made();
        Attached("one");

        Assert.Empty(life.Do(Attach("two", "10.5.0.2")));

        var answer = Assert.IsType<EndpointAnswer>(Assert.IsType<AnswerEndpoint>(Assert.Single(life.Effects)).Message);
        Assert.Equal("network shop_default: address 10.5.0.2 is taken by container one", answer.Error);
    }

    [Fact]
    public void Stays_while_a_container_is_connected_and_says_which()
    {
        Made();
        Attached("one");

        Assert.Empty(life.Do(new RemoveNetwork(2, "shop_default", "down", ActorRefs.Nobody)));
        Assert.Equal("network shop_default is in use by one", Assert.IsType<NetworkAnswer>(Assert.IsType<Tell>(Assert.Single(life.Effects)).Message).Error);

        life.Do(new EndpointGone("one", 1));
        Assert.Equal([new NetworkRemoveRequested(About, Now, "down")], life.Do(new RemoveNetwork(2, "shop_default", "down", ActorRefs.Nobody)));
        life.Do(new NetworkGone());
        Assert.Equal(NetworkPhase.Removed, life.State.Phase);
        Assert.Empty(life.State.Leases);
    }

    [Fact]
    public void Detaching_twice_changes_nothing_the_second_time()
    {
        Made();
        Attached("one");
        life.Do(new EndpointGone("one", 1));

        Assert.Empty(life.Do(new DetachEndpoint("shop_default", "one", 1, ActorRefs.Nobody)));
        Assert.Null(Assert.IsType<EndpointDetached>(Assert.IsType<AnswerEndpoint>(Assert.Single(life.Effects)).Message).Error);
    }

    [Fact]
    public void After_recovery_frees_the_leases_of_containers_that_nobody_knows()
    {
        Made();
        Attached("one");
        Attached("two");

        Assert.Equal([new NetworkReleased(About, Now, "two")], life.Do(new ReleaseUnknown(["one"])));
        Assert.Empty(life.Do(new ReleaseUnknown(["one"])));
    }

    [Theory]
    [InlineData(NetworkPhase.Creating, typeof(MakeNetwork))]
    [InlineData(NetworkPhase.Ready, typeof(MakeNetwork))]
    [InlineData(NetworkPhase.Removing, typeof(UnmakeNetwork))]
    public void Recovery_looks_at_the_kernel_and_journals_nothing(NetworkPhase phase, Type effect)
    {
        var decision = NetworkDecisions.Settle(new NetworkState { Phase = phase, Spec = Spec });

        Assert.Empty(decision.Events);
        Assert.IsType(effect, Assert.Single(decision.Effects), exactMatch: true);
    }

    private void Made()
    {
        life.Do(new CreateNetwork(1, Spec, ActorRefs.Nobody));
        life.Do(new NetworkMade());
    }

    private Lease Attached(string container)
    {
        var request = Assert.IsType<NetworkAttachRequested>(Assert.Single(life.Do(Attach(container))));
        return request.Lease;
    }

    private static AttachEndpoint Attach(string container, string? address = null) => new(
        "shop_default",
        new EndpointRequest(container, container, "shop", "web", "host", new EndpointSpec { Network = "shop_default", Ipv4Address = address }, "eth0", true, true, [], []),
        1, null!, ActorRefs.Nobody);

    /// <summary>A network and what it has decided last.</summary>
    private sealed class NetworkLife
    {
        public NetworkState State { get; private set; } = NetworkState.Initial;

        public INetworkEffect[] Effects { get; private set; } = [];

        public INetworkEvent[] Do(INetworkCommand command)
        {
            var decision = NetworkDecisions.Decide(State, command, About, Names, Now);
            State = decision.Events.Aggregate(State, (state, @event) => state.Apply(@event));
            Effects = [.. decision.Effects];
            return [.. decision.Events];
        }
    }
}
