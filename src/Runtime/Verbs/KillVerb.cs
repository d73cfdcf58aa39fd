using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>kill [--all] ID [SIGNAL]</c>.</summary>
internal static class KillVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, [], ["a=all"]);
        if (parsed.Operands is not [var id, ..] || parsed.Operands.Count > 2)
        {
            throw new UsageException("usage: kill [--all] ID [SIGNAL]");
        }

        var container = Container.Open(options.Root, id);

        // 0 only asks whether there is somebody to send to (kill(2)).
        var signal = parsed.Operands.Count == 2 && parsed.Operands[1] == "0" ? 0 : Signal.Parse(parsed.Operands.Count == 2 ? parsed.Operands[1] : "SIGTERM");
        if (parsed.Has("all") || (signal == Signal.Kill && !container.HasOwnPids))
        {
            Failpoint.Reach("kill.before");
            KillAll(container, signal);
            Failpoint.Reach("kill.after");
            return 0;
        }

        using var init = container.State.Init.OpenIfAlive() ?? throw new SetupException("container not running");
        Failpoint.Reach("kill.before");
        init.SendSignal(signal);
        Failpoint.Reach("kill.after");
        return 0;
    }

    // Engines send this to a container whose first process has ended, too: what is left in its cgroup ends with it. So does what a container without a pid namespace
    // of its own has, where nothing dies with the first process.
    private static void KillAll(Container container, int signal)
    {
        if (container.OpenCgroup() is not { } cgroup)
        {
            return;
        }

        if (signal == Signal.Kill)
        {
            cgroup.Kill();
            return;
        }

        foreach (var pid in cgroup.Processes())
        {
            using var process = PidFd.TryOpen(pid);
            process?.SendSignal(signal);
        }
    }
}
