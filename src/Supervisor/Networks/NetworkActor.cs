using Akka.Actor;
using Akka.Event;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// Owns one network: its bridge, its rules, and who has which address. Containers come and go side by side; only while the
/// network itself is made or removed does everything wait.
/// </summary>
internal sealed class NetworkActor : EventSourcedActor<NetworkState, INetworkEvent, INetworkEffect>
{
    private readonly Subject subject;
    private readonly SupervisorEnvironment environment;
    private readonly List<(long Order, IActorRef ReplyTo)> orders = [];
    private readonly Dictionary<string, IActorRef> askers = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter log = Context.GetLogger();
    private bool settling;
    private bool changing;
    private int connecting;

    public NetworkActor(string persistenceId, Subject subject, SupervisorEnvironment environment)
        : base(persistenceId, NetworkState.Initial)
    {
        this.subject = subject;
        this.environment = environment;
    }

    private HostNetworking Host => environment.Networking;

    protected override string? Doing => changing ? "is being made or removed" : connecting > 0 ? "connects or disconnects a container" : null;

    protected override NetworkState Apply(NetworkState state, INetworkEvent @event) => state.Apply(@event);

    protected override void OnRecovered()
    {
        settling = State.Phase is NetworkPhase.Creating or NetworkPhase.Ready or NetworkPhase.Removing;
        if (settling)
        {
            Carry(NetworkDecisions.Settle(State));
        }
        else
        {
            TellUp(recovered: true);
        }
    }

    protected override void OnChanged() => TellUp(recovered: false);

    /// <summary>The network is there, or is not. Left for <see cref="Changing"/> when it is made or removed.</summary>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case CreateNetwork c when State.Phase is NetworkPhase.Absent or NetworkPhase.Removed:
                orders.Add((c.Order, c.ReplyTo));
                Decide(c);
                break;
            case RemoveNetwork c when State.Phase is NetworkPhase.Ready or NetworkPhase.Removing && !State.Leases.Values.Any(l => l.Connected):
                orders.Add((c.Order, c.ReplyTo));
                Decide(c);
                break;
            case AttachEndpoint c:
                askers[c.Request.ContainerId] = c.ReplyTo;
                Decide(c);
                break;
            case DetachEndpoint c:
                askers[c.ContainerId] = c.ReplyTo;
                Decide(c);
                break;
            case INetworkCommand command:
                connecting -= command is EndpointMade or EndpointNotMade or EndpointGone or EndpointNotGone ? 1 : 0;
                Decide(command);
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    /// <summary>The kernel is making or removing it. Left when that has come out.</summary>
    private void Changing(object message)
    {
        switch (message)
        {
            case NetworkMade or NetworkNotMade or NetworkGone or NetworkNotGone:
                changing = false;
                Become(OnCommand);
                if (settling)
                {
                    settling = false;
                    if (message is NetworkNotMade notMade)
                    {
                        Context.GetLogger().Error("network {0}: {1}", State.Spec!.Name, notMade.Error);
                    }

                    TellUp(recovered: true);
                }

                Stash.UnstashAll();
                OnCommand(message);
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Stash.Stash();
                }

                break;
        }
    }

    protected override void Perform(INetworkEffect effect)
    {
        switch (effect)
        {
            case MakeNetwork make:
                changing = true;
                Become(Changing);
                MakeAsync(make, [.. State.Leases.Values], settling).PipeTo(Self, success: () => new NetworkMade(), failure: e => new NetworkNotMade(e.Message));
                break;
            case UnmakeNetwork unmake:
                changing = true;
                Become(Changing);
                UnmakeAsync(unmake.Spec, settling).PipeTo(Self, success: () => new NetworkGone(), failure: e => new NetworkNotGone(e.Message));
                break;
            case Connect connect:
                connecting++;
                ConnectAsync(connect).PipeTo(
                    Self,
                    success: () => new EndpointMade(connect.Lease.ContainerId, connect.Run),
                    failure: e => new EndpointNotMade(connect.Lease.ContainerId, connect.Run, e.Message));
                break;
            case Disconnect disconnect:
                connecting++;
                DisconnectOrAgainAsync(disconnect).PipeTo(
                    Self,
                    success: () => new EndpointGone(disconnect.Lease.ContainerId, disconnect.Run),
                    failure: e => new EndpointNotGone(disconnect.Lease.ContainerId, disconnect.Run, e.Message));
                break;
            case Tell tell:
                tell.To.Tell(tell.Message);
                break;
            case AnswerEndpoint answer when askers.Remove(answer.ContainerId, out var asker):
                asker.Tell(answer.Message);
                break;
            case AnswerOrders answer:
                foreach (var (order, replyTo) in orders)
                {
                    replyTo.Tell(new NetworkAnswer(order, State.Spec!.Name, answer.Error, answer.Changed));
                }

                orders.Clear();
                break;
        }
    }

    private void Decide(INetworkCommand command) => Carry(NetworkDecisions.Decide(State, command, subject, Host.Names, environment.Now));

    private void TellUp(bool recovered) => Context.Parent.Tell(new NetworkChanged(State.Spec?.Name ?? "", State, recovered));

    /// <param name="starting">The rules are put in force later, when every network has said its own; see NetworksActor.</param>
    private async Task MakeAsync(MakeNetwork make, IReadOnlyList<Lease> leases, bool starting)
    {
        var rules = leases.Where(l => l.Connected)
            .Select(l => Host.Firewall.SetAsync(make.Spec.Id + "/" + l.ContainerId, FirewallRules.OfLease(make.Spec, l)))
            .Append(Host.Firewall.SetAsync(make.Spec.Id, FirewallRules.OfNetwork(make.Spec)))
            .ToList();
        await environment.Kernel.Run(() =>
        {
            NetworkEffects.Make(make, Host);
            NetworkEffects.Rejoin(make.Spec, leases);
            return true;
        }).ConfigureAwait(false);

        if (!starting)
        {
            await Task.WhenAll(rules).ConfigureAwait(false);
        }

        // A crash may have come between the rules and this.
        foreach (var lease in leases.Where(l => l.Connected))
        {
            await ForgetFlowsAsync(make.Spec, lease, gone: false).ConfigureAwait(false);
        }
    }

    private async Task UnmakeAsync(NetworkSpec spec, bool starting)
    {
        var rules = Host.Firewall.SetAsync(spec.Id, []);
        await environment.Kernel.Run(() =>
        {
            NetworkEffects.Unmake(spec, Host);
            return true;
        }).ConfigureAwait(false);
        if (!starting)
        {
            await rules.ConfigureAwait(false);
        }
    }

    private async Task ConnectAsync(Connect connect)
    {
        // The rules are there before the container is: it cannot send a frame that they would drop.
        var rules = Host.Firewall.SetAsync(connect.Spec.Id + "/" + connect.Lease.ContainerId, FirewallRules.OfLease(connect.Spec, connect.Lease));
        try
        {
            await environment.Kernel.Run(() =>
            {
                NetworkEffects.Connect(connect, Host);
                return true;
            }).ConfigureAwait(false);
            await rules.ConfigureAwait(false);
            await ForgetFlowsAsync(connect.Spec, connect.Lease, gone: false).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await DisconnectAsync(new Disconnect(connect.Spec, connect.Lease, connect.Run)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What fails is tried once more: the interface may have gone by itself meanwhile, with the container's namespace.</summary>
    private async Task DisconnectOrAgainAsync(Disconnect disconnect)
    {
        try
        {
            await DisconnectAsync(disconnect).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await DisconnectAsync(disconnect).ConfigureAwait(false);
        }
    }

    private async Task DisconnectAsync(Disconnect disconnect)
    {
        var rules = Host.Firewall.SetAsync(disconnect.Spec.Id + "/" + disconnect.Lease.ContainerId, []);
        await environment.Kernel.Run(() =>
        {
            NetworkEffects.Disconnect(disconnect.Lease);
            return true;
        }).ConfigureAwait(false);
        await rules.ConfigureAwait(false);
        await ForgetFlowsAsync(disconnect.Spec, disconnect.Lease, gone: true).ConfigureAwait(false);
    }

    /// <summary>Of no concern to the start or end of a run: without it, some senders are led astray until they pause.</summary>
    private async Task ForgetFlowsAsync(NetworkSpec spec, Lease lease, bool gone)
    {
        if (!lease.Ports.Any(port => port.Protocol == "udp"))
        {
            return;
        }

        try
        {
            await environment.Kernel.Run(() => StaleFlows.Forget(spec, lease, gone)).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            log.Warning("network {0}: who has sent to a port of {1} before may be led to where it was then: {2}", spec.Name, lease.ContainerName, e.Message);
        }
    }
}
