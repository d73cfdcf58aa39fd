using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class NetworkRemoveVerb() : RemoveResourcesVerb("network", ControlRoutes.NetworkRemove, "Do not complain of a network that does not exist")
{
    public override string Summary => "Remove networks that no container is on";
}
