using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Networks.Names;

namespace Devoxx.Supervisor.Networks;

/// <summary>The parent of all networks: finds the one a message is for, or makes it, with subnets that meet no other's.</summary>
internal sealed partial class NetworksActor(SupervisorEnvironment environment)
    : EventSourcedActor<NetworksState, INetworksEvent, NetworksActor.Forward>("networks", NetworksState.Initial)
{
    private readonly Dictionary<string, NetworkState> known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<IPNetwork>> planned = new(StringComparer.Ordinal);
    private readonly HashSet<string> settling = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IActorRef> children = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource watching = new();
    private IActorRef names = ActorRefs.Nobody;
    private bool watched;
    private int lives;
    private int choosing;
    private int reconciling;

    /// <summary>Pass the message on to the network of this name.</summary>
    internal sealed record Forward(string Name, INetworkCommand Command);

    protected override string? Doing =>
        settling.Count > 0 ? $"wait for {string.Join(", ", settling.Order(StringComparer.Ordinal))}"
        : choosing > 0 ? "choose subnets"
        : reconciling > 0 ? "write the rules of the firewall"
        : null;

    // None that is being stopped: it would not answer.
    protected override IEnumerable<IActorRef> Subordinates => children.Values.Append(names);

    protected override NetworksState Apply(NetworksState state, INetworksEvent @event) => state.Apply(@event);

    protected override void OnRecovered()
    {
        settling.UnionWith(State.Names.Keys);
        foreach (var name in State.Names.Keys)
        {
            Child(name);
        }

        ReconcileIfSettled();
    }

    protected override void PreStart()
    {
        names = Context.ActorOf(Producer<ResolverActor>.Props(() => new ResolverActor(environment)), "names");
        base.PreStart();
    }

    protected override void PostStop()
    {
        watching.Cancel();
        watching.Dispose();
        base.PostStop();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case CreateNetwork c when Exists(c.Spec.Name):
                Perform(new Forward(c.Spec.Name, c));
                break;
            case CreateNetwork c:
                choosing++;
                environment.Kernel.Run(TakenByRoutes).PipeTo(
                    Self, success: taken => new RoutesSeen(c, taken, null), failure: e => new RoutesSeen(c, [], e.Message));
                break;
            case RoutesSeen seen:
                choosing--;
                Choose(seen);
                break;
            case RemoveNetwork c:
                Route(c.Name, c, () => c.ReplyTo.Tell(new NetworkAnswer(c.Order, c.Name, $"no such network: {c.Name}", Changed: false)));
                break;
            case AttachEndpoint c:
                Route(c.Network, c, () => c.ReplyTo.Tell(new EndpointAnswer(c.Network, c.Run, null, null, $"network {c.Network} does not exist; `up` makes a stack's own, `devoxx-compose network create {c.Network}` one that is external")));
                break;
            case DetachEndpoint c:
                Route(c.Network, c, () => c.ReplyTo.Tell(new EndpointDetached(c.Network, c.Run, null)));
                break;
            case ReleaseLease c:
                Route(c.Network, c, () => { });
                break;
            case INamesCommand c:
                names.Forward(c);
                break;
            case ReleaseUnknown c:
                names.Tell(new KeepNames(c.Containers, c.AtRest));
                foreach (var name in State.Names.Keys)
                {
                    Child(name).Tell(c);
                }

                break;
            case NetworkChanged changed:
                Changed(changed);
                break;
            case Reconciled reconciled:
                reconciling--;
                if (reconciled.Error is { } error)
                {
                    Context.GetLogger().Error("firewall: {0}", error);
                }

                if (reconciled.First)
                {
                    var there = known.Values.Where(n => n.Spec is not null).ToList();
                    Context.Parent.Tell(new NetworksReady(
                        [.. there.SelectMany(n => n.Leases.Values.Select(l => l.HostLink).Append(n.Spec!.Link))], [.. there.Select(n => n.Spec!.Id)]));
                }

                break;
            case RulesTouched:
                Context.GetLogger().Warning("somebody else has changed the tables {0}; they are written anew", environment.Networking.Firewall.Table);
                Reconcile(first: false);
                break;
            case GetNetworks:
                Sender.Tell(known.Values
                    .Where(Projects.ProjectObservation.Exists)
                    .OrderBy(n => n.Spec!.Name, StringComparer.Ordinal)
                    .ToImmutableArray());
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    protected override void Perform(Forward effect) => Child(effect.Name).Tell(effect.Command);

    /// <summary>A name that is registered may be of a network that a crash kept from being made: then its subnets are yet to be chosen.</summary>
    private bool Exists(string name) =>
        State.Names.ContainsKey(name) && known.TryGetValue(name, out var state) && state.Phase is not (NetworkPhase.Absent or NetworkPhase.Removed);

    private void Route(string name, INetworkCommand command, Action unknown)
    {
        if (State.Names.ContainsKey(name))
        {
            Child(name).Tell(command);
        }
        else
        {
            unknown();
        }
    }

    private void Changed(NetworkChanged changed)
    {
        // A child names itself only once it has a state; until then its actor's place tells which it is.
        var name = changed.Name.Length > 0 ? changed.Name : children.FirstOrDefault(c => c.Value.Equals(Sender)).Key ?? "";
        known[name] = changed.State;
        if (changed.State.Phase is NetworkPhase.Creating or NetworkPhase.Ready)
        {
            // Not before: a child that only says that it is there does not have its subnets yet, and they are nobody else's.
            planned.Remove(name);
        }

        if (NameFiles.HasNames(changed.State))
        {
            names.Tell(new SetZone(NameFiles.Zone(changed.State)));
        }

        if (changed.Recovered && settling.Remove(name))
        {
            ReconcileIfSettled();
        }

        if (changed is { Recovered: false, State.Phase: NetworkPhase.Removed } && State.Names.TryGetValue(name, out var project))
        {
            Carry(new([new NetworkForgotten(SubjectOf(name, project), name)], []));
            names.Tell(new RemoveZone(changed.State.Spec!.Id));
            known.Remove(name);
            if (children.Remove(name, out var child))
            {
                Context.Stop(child);
            }
        }
        else if (changed.State.Phase == NetworkPhase.Ready)
        {
            Watch();
        }
    }

    private void ReconcileIfSettled()
    {
        if (settling.Count == 0)
        {
            names.Tell(new KeepZones([.. known.Values.Where(NameFiles.HasNames).Select(network => network.Spec!.Id)]));
            Reconcile(first: true);
        }
    }

    private void Reconcile(bool first)
    {
        reconciling++;
        environment.Networking.Firewall.ReconcileAsync()
            .PipeTo(Self, success: () => new Reconciled(first, null), failure: e => new Reconciled(first, e.Message));
    }

    private void Watch()
    {
        if (watched)
        {
            return;
        }

        watched = true;
        var (self, firewall, obstacles, log) = (Self, environment.Networking.Firewall, environment.Networking.Obstacles, Context.GetLogger());
        _ = FollowAsync();
        obstacles.Watched();

        async Task FollowAsync()
        {
            try
            {
                await new FirewallWatch(firewall.Table, firewall.Signature)
                    .FollowAsync(environment.Reactor, () => self.Tell(new RulesTouched()), obstacles.Changed, watching.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The supervisor leaves.
            }
            catch (IOException e)
            {
                log.Error("changes of the firewall by others are not noticed: {0}", e.Message);
            }
        }
    }

    private IActorRef Child(string name)
    {
        if (!children.TryGetValue(name, out var child))
        {
            // Numbered, for one of the same name may still be going.
            child = Context.ActorOf(
                Producer<NetworkActor>.Props(() => new NetworkActor("network-" + name, SubjectOf(name, State.Names[name]), environment)),
                $"n{lives++}-{Uri.EscapeDataString(name).Replace('~', '-')}");
            children[name] = child;
        }

        return child;
    }

    private static Subject SubjectOf(string name, string? project) => new(string.IsNullOrEmpty(project) ? null : project, Network: name);

    private sealed record Reconciled(bool First, string? Error);

    private sealed record RulesTouched;
}
