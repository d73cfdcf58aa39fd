using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Containers;

/// <summary>The container and its network side.</summary>
internal sealed partial class ContainerActor
{
    /// <summary>What the run under way has been given.</summary>
    private ContainerNetwork network = ContainerNetwork.None;

    private RunPreparation Took(IContainerNetworkAnswer answer)
    {
        switch (answer)
        {
            case ContainerNetworkReady ready when !releasing:
                network = ready.Network;
                return gathering!.Got(RunPreparation.Network);
            case ContainerNetworkFailed failed when !releasing:
                return gathering!.Failed(RunPreparation.Network, failed.Error);
            case ContainerNetworkReleased released when releasing:
                network = ContainerNetwork.None;
                return released.Error is { } error ? gathering!.Failed(RunPreparation.Network, error) : gathering!.Got(RunPreparation.Network);
            default:
                return gathering!;
        }
    }

    private IActorRef NetworkChild()
    {
        var way = Context.Parent;
        return Context.ActorOf(Producer<ContainerNetworkActor>.Props(() => new ContainerNetworkActor(id, way, environment)), "network");
    }
}
