using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class ImageRemoveVerb() : RemoveResourcesVerb("image", ControlRoutes.ImageRemove, "Remove references that containers were made from too")
{
    public override string Summary => "Remove images";
}
