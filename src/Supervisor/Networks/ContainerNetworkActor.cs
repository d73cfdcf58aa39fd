using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks.Names;
using Devoxx.Supervisor.Projects;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// The network side of one container: makes the namespace of each run, has every network connect it, and lets go at the end. Keeps
/// nothing: what must outlive a crash is in the journals of the networks.
/// </summary>
/// <param name="way">Whoever passes commands on to the networks.</param>
internal sealed partial class ContainerNetworkActor(string containerId, IActorRef way, SupervisorEnvironment environment) : UntypedActor
{
    private readonly Dictionary<string, Attachment> attached = new(StringComparer.Ordinal);
    private readonly HashSet<string> awaited = new(StringComparer.Ordinal);
    private readonly List<string> errors = [];
    private NetworkNamespace? @namespace;
    private PortReservation reservation = PortReservation.None;
    private ContainerSpec? spec;
    private int run;
    private bool namesAwaited;
    private bool releasing;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PrepareContainerNetwork c:
                Prepare(c);
                break;
            case NamespaceMade made when made.Run == run && !releasing:
                (@namespace, reservation) = (made.Namespace, made.Reservation);
                ServeNames();
                AttachAll();
                break;
            case NamespaceMade made:
                made.Namespace.Dispose();
                made.Reservation.Dispose();
                break;
            case NamespaceNotMade failed when failed.Run == run:
                Context.Parent.Tell(new ContainerNetworkFailed(run, failed.Error));
                break;
            case DonorFound found when found.Run == run:
                EnterDonor(found);
                break;
            case EndpointAnswer answer when answer.Run == run && !releasing:
                Attached(answer);
                break;
            case NamesServed answer when namesAwaited && !releasing && answer.Run == NameFiles.RunOf(run):
                Named(answer);
                break;
            case NamesServed:
                break;
            case ContainerNetworkInUse c:
                KeepNames(c);
                CloseNamespace();
                Use(c);
                break;
            case ReleaseContainerNetwork c:
                Release(c);
                break;
            case EndpointDetached answer when answer.Run == run && releasing:
                Detached(answer);
                break;
            case ForgetContainerNetwork c:
                way.Tell(new ForgetNames(containerId), Self);
                foreach (var endpoint in Endpoints(c.Spec))
                {
                    way.Tell(new ReleaseLease(endpoint.Network, containerId), Self);
                }

                break;
        }
    }

    protected override void PostStop()
    {
        CloseNamespace();
        reservation.Dispose();
    }

    private static ImmutableArray<EndpointSpec> Endpoints(ContainerSpec spec) => spec.Networking?.Endpoints ?? [];

    private void Prepare(PrepareContainerNetwork command)
    {
        (spec, run, releasing) = (command.Spec, command.Run, false);
        CloseNamespace();
        ReleasePorts();
        attached.Clear();
        awaited.Clear();
        errors.Clear();
        if (spec.Networking?.SharedWith is { } donor)
        {
            way.Tell(new FindDonor(donor, run, Self), Self);
        }
        else if (Endpoints(spec).IsEmpty)
        {
            Context.Parent.Tell(new ContainerNetworkReady(run, ContainerNetwork.None));
        }
        else
        {
            var (self, number, ipv6) = (Self, run, Endpoints(spec).Any(e => e.Ipv6));
            var (ports, name, holders) = (EndpointOrder.Publishing(Endpoints(spec)) is null ? [] : spec.Networking!.Ports, spec.Name, environment.Networking.PortHolders);
            environment.Kernel.Run(() =>
            {
                var reserved = PortReservation.Take(ports, containerId, (port, protocol) => holders.GetValueOrDefault($"{port}/{protocol}"));
                foreach (var port in reserved.Ports)
                {
                    holders[$"{port.HostPort}/{port.Protocol}"] = "container " + name;
                }

                try
                {
                    return new NamespaceMade(number, HostNetworking.NewNamespace(ipv6), reserved);
                }
                catch
                {
                    reserved.Dispose();
                    throw;
                }
            }).PipeTo(self, failure: e => new NamespaceNotMade(number, e.Message));
        }
    }

    /// <summary>While the networks connect it: a container must not ask before anybody listens.</summary>
    private void ServeNames()
    {
        namesAwaited = NameFiles.Asks(spec!);
        if (namesAwaited)
        {
            way.Tell(new ServeNames(NameFiles.Client(spec!, run, @namespace!.Path, ProcessIdentity.Of(Environment.ProcessId)!), Self), Self);
        }
    }

    /// <summary>From here on the namespace belongs to the container's own process, whatever becomes of this one.</summary>
    private void KeepNames(ContainerNetworkInUse command)
    {
        if (NameFiles.Asks(command.Spec))
        {
            var process = new ProcessIdentity(command.Process.Pid, command.Process.StartTime, command.Process.BootId);
            way.Tell(new ServeNames(NameFiles.Client(command.Spec, command.Run, $"/proc/{process.Pid}/ns/net", process), ActorRefs.Nobody), Self);
        }
    }

    private void AttachAll()
    {
        var endpoints = Endpoints(spec!);
        awaited.UnionWith(endpoints.Select(e => e.Network));
        var names = EndpointOrder.InterfaceNames(endpoints);
        var gateways = EndpointOrder.Gateways(endpoints).ToList();
        var (gateway4, gateway6, publishing) = (gateways.Find(e => !e.WithoutIpv4), gateways.Find(e => e.Ipv6), EndpointOrder.Publishing(endpoints));
        foreach (var endpoint in endpoints)
        {
            way.Tell(
                new AttachEndpoint(
                    endpoint.Network,
                    new EndpointRequest(
                        containerId, spec!.Name, spec.Project, spec.Service, spec.Hostname, endpoint, names[endpoint.Network],
                        endpoint == gateway4, endpoint == gateway6, endpoint == publishing ? reservation.Ports : [], spec.Networking!.Exposed),
                    run, @namespace!, Self),
                Self);
        }
    }

    private void Attached(EndpointAnswer answer)
    {
        if (!awaited.Remove(answer.Network))
        {
            return;
        }

        if (answer.Lease is { } lease)
        {
            attached[answer.Network] = new Attachment(answer.Spec!, lease);
        }
        else
        {
            errors.Add(answer.Error!);
        }

        TellIfReady();
    }

    private void Named(NamesServed answer)
    {
        namesAwaited = false;
        if (answer.Error is { } error)
        {
            errors.Add(error);
        }

        TellIfReady();
    }

    private void TellIfReady()
    {
        if (awaited.Count > 0 || namesAwaited)
        {
            return;
        }

        Context.Parent.Tell(errors.Count > 0
            ? new ContainerNetworkFailed(run, string.Join("; ", errors))
            : new ContainerNetworkReady(run, new ContainerNetwork(@namespace!.Path, [.. Endpoints(spec!).Select(e => attached[e.Network])], reservation)));
    }

    private void EnterDonor(DonorFound found)
    {
        if (found.Process is not { } process)
        {
            Context.Parent.Tell(new ContainerNetworkFailed(run, found.Error!));
            return;
        }

        try
        {
            using var alive = new ProcessIdentity(process.Pid, process.StartTime, process.BootId).OpenIfAlive()
                ?? throw new IOException("it has just ended");
            @namespace = NetworkNamespace.Open($"/proc/{process.Pid}/ns/net");

            // Still it after opening: no other process can have taken the number meanwhile.
            if (!alive.SendSignal(0))
            {
                throw new IOException("it has just ended");
            }

            Context.Parent.Tell(new ContainerNetworkReady(run, new ContainerNetwork(@namespace.Path, [], PortReservation.None, found.ContainerId)));
        }
        catch (IOException e)
        {
            Context.Parent.Tell(new ContainerNetworkFailed(run, $"the network of container {spec!.Networking!.SharedWith} cannot be shared: {e.Message}"));
        }
    }

    /// <summary>What the kernel does not redirect is passed on from here on; after recovery by the sockets that the monitor has kept.</summary>
    private void Use(ContainerNetworkInUse command)
    {
        if (command.Connections is not { Ports.Length: > 0 } connections)
        {
            return;
        }

        var log = Context.GetLogger();
        if (reservation.Sockets.IsEmpty)
        {
            try
            {
                reservation = PortReservation.Of(connections.Ports, MonitorSockets.Take(command.Process));
            }
            catch (IOException e)
            {
                log.Warning("{0}: published ports do not reach it by IPv6 from this machine: {1}", command.Spec.Name, e.Message);
                return;
            }
        }

        foreach (var port in connections.Ports)
        {
            environment.Networking.PortHolders[$"{port.HostPort}/{port.Protocol}"] = "container " + command.Spec.Name;
        }

        var addresses = connections.Networks.SelectMany(n => new[] { n.Ipv4, n.Ipv6 }).OfType<string>().Select(IPAddress.Parse).ToList();
        PortRelay.Start(reservation, addresses, error => log.Warning("{0}: a published port: {1}", command.Spec.Name, error));
    }

    private sealed record NamespaceMade(int Run, NetworkNamespace Namespace, PortReservation Reservation);

    private sealed record NamespaceNotMade(int Run, string Error);
}
