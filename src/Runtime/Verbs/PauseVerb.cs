using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>pause ID</c> and <c>resume ID</c>: by the freezer of the container's cgroup.</summary>
internal static class PauseVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args, bool freeze)
    {
        var container = Container.Open(options.Root, Arguments.Parse(args, [], []).Single("container id"));
        var status = container.Status;
        if (freeze && status is not (ContainerStatus.Running or ContainerStatus.Created))
        {
            throw new SetupException($"container not running or created: {status}");
        }

        if (!freeze && status != ContainerStatus.Paused)
        {
            throw new SetupException("container not paused");
        }

        var cgroup = container.NeedCgroup();
        Failpoint.Reach("freezer.before");
        if (freeze)
        {
            cgroup.Freeze();
        }
        else
        {
            ForeignFreezer.Release(cgroup.Host, container.State.Pid);
            cgroup.Thaw();
        }

        Failpoint.Reach("freezer.after");
        return 0;
    }
}
