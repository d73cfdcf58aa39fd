using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class VolumeRemoveVerb() : RemoveResourcesVerb("volume", ControlRoutes.VolumeRemove, "Do not complain of a volume that does not exist")
{
    public override string Summary => "Remove volumes and all data in them";
}
