using Akka.Actor;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Projects;

namespace Devoxx.Supervisor.Containers;

/// <summary>The container and those whose namespaces it shares: found anew for each run, for theirs are others after a restart of theirs.</summary>
internal sealed partial class ContainerActor
{
    /// <summary>What the run that is being started shares; null: nothing. The runtime enters by what is held here.</summary>
    private SharedNamespaces? shared;

    private void FindDonors(int run)
    {
        LetGoOfNamespaces();
        foreach (var donor in State.Spec!.Namespaces?.Donors ?? [])
        {
            Context.Parent.Tell(new FindDonor(donor, run, Self, State.Spec.Namespaces!.IpcDonor == donor ? "ipc namespace" : "pid namespace"));
        }
    }

    private RunPreparation Took(DonorFound found)
    {
        var (key, modes) = (RunPreparation.Donor + found.Asked, State.Spec!.Namespaces!);
        if (found.Process is not { } process)
        {
            return gathering!.Failed(key, found.Error!);
        }

        if (modes.IpcDonor == found.Asked && !NamespaceModes.IsIpcShareable(found.Spec!.Namespaces))
        {
            return gathering!.Failed(key, $"container {found.Asked} does not let others into its ipc namespace; its service must say `ipc: shareable`");
        }

        try
        {
            shared ??= new SharedNamespaces();
            if (modes.PidDonor == found.Asked)
            {
                shared.TakePid(process);
            }

            if (modes.IpcDonor == found.Asked)
            {
                shared.TakeIpc(process);
            }

            return gathering!.Got(key);
        }
        catch (IOException e)
        {
            return gathering!.Failed(key, $"the namespaces of container {found.Asked} cannot be shared: {e.Message}");
        }
    }

    /// <summary>From here on the container's own processes hold them, or nobody needs them.</summary>
    private void LetGoOfNamespaces()
    {
        shared?.Dispose();
        shared = null;
    }
}
