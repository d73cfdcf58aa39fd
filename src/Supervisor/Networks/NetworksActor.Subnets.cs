using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Devoxx.Native.Netlink;

namespace Devoxx.Supervisor.Networks;

/// <summary>Which subnets a new network gets: what the host's routes and the other networks leave.</summary>
internal sealed partial class NetworksActor
{
    /// <summary>Everything that is routed anywhere but by default.</summary>
    private static ImmutableArray<IPNetwork> TakenByRoutes()
    {
        using var route = NetlinkSocket.OpenRoute();
        return
        [
            .. Routes.All(route, AddressFamily.InterNetwork).Concat(Routes.All(route, AddressFamily.InterNetworkV6))
                .Where(r => r is { Type: 1, Destination.PrefixLength: > 0 }).Select(r => r.Destination).Distinct(),
        ];
    }

    private void Choose(RoutesSeen seen)
    {
        var command = seen.Command;
        var name = command.Spec.Name;
        if (Exists(name))
        {
            Perform(new Forward(name, command));
            return;
        }

        if (seen.Error is { } unread)
        {
            command.ReplyTo.Tell(new NetworkAnswer(command.Order, name, $"the routes of this machine cannot be read, and so no subnet be chosen that meets none of them: {unread}"));
            return;
        }

        try
        {
            var ours = known.Values.Where(n => n.Phase is NetworkPhase.Creating or NetworkPhase.Ready or NetworkPhase.Removing && n.Spec!.Driver == NetworkDriver.Bridge)
                .SelectMany(n => n.Spec!.Subnets).Select(s => IPNetwork.Parse(s.Subnet));
            var seed = environment.Root.Path == StateRoot.DefaultPath ? 0 : environment.Networking.Names.Group;
            var spec = AddressPools.Complete(command.Spec, [.. seen.Taken, .. ours, .. planned.Values.SelectMany(p => p)], seed);
            spec = spec with { Link = spec.Link.Length > 0 ? spec.Link : environment.Networking.Names.Bridge(spec.Id) };
            if (spec.Driver == NetworkDriver.Bridge)
            {
                planned[name] = [.. spec.Subnets.Select(s => IPNetwork.Parse(s.Subnet))];
            }

            Carry(new(
                State.Names.ContainsKey(name) ? [] : [new NetworkRegistered(SubjectOf(name, spec.Project), name, spec.Project)], [new Forward(name, command with { Spec = spec })]));
        }
        catch (FormatException e)
        {
            command.ReplyTo.Tell(new NetworkAnswer(command.Order, name, e.Message));
        }
    }

    private sealed record RoutesSeen(CreateNetwork Command, ImmutableArray<IPNetwork> Taken, string? Error);
}
