using Akka.Actor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks.Names;

namespace Devoxx.Supervisor.Networks;

/// <summary>What a run had of networks goes back: endpoints first, then ports and the namespace.</summary>
internal sealed partial class ContainerNetworkActor
{
    private void Release(ReleaseContainerNetwork command)
    {
        (spec, run, releasing, namesAwaited) = (command.Spec, command.Run, true, false);
        way.Tell(new EndNames(containerId), Self);
        CloseNamespace();
        ReleasePorts();
        awaited.Clear();
        errors.Clear();
        var endpoints = Endpoints(spec);
        awaited.UnionWith(endpoints.Select(e => e.Network));
        foreach (var endpoint in endpoints)
        {
            way.Tell(new DetachEndpoint(endpoint.Network, containerId, run, Self), Self);
        }

        TellIfReleased();
    }

    private void Detached(EndpointDetached answer)
    {
        awaited.Remove(answer.Network);
        if (answer.Error is { } error)
        {
            errors.Add(error);
        }

        TellIfReleased();
    }

    private void TellIfReleased()
    {
        if (awaited.Count == 0)
        {
            releasing = false;
            Context.Parent.Tell(new ContainerNetworkReleased(run, errors.Count == 0 ? null : string.Join("; ", errors)));
        }
    }

    private void ReleasePorts()
    {
        foreach (var port in reservation.Ports)
        {
            environment.Networking.PortHolders.TryRemove($"{port.HostPort}/{port.Protocol}", out _);
        }

        reservation.Dispose();
        reservation = PortReservation.None;
    }

    private void CloseNamespace()
    {
        @namespace?.Dispose();
        @namespace = null;
    }
}
