using Akka.Actor;
using Devoxx.Native.Processes;

namespace Devoxx.Supervisor.Networks.Names;

/// <summary>Its process: found, watched, ended when nobody needs it.</summary>
internal sealed partial class ResolverActor
{
    private void Look() =>
        environment.Kernel.Run(() => ResolverProcess.Look(directory)).PipeTo(Self, failure: e => new Failed(e.Message));

    private void Take(SeenResolver seen)
    {
        process?.Dispose();
        process = seen.PidFd;
        Carry(ResolverDecisions.Seen(State, seen.Alive, environment.Now));
        EndSoonIfUnused();
    }

    private void EndSoonIfUnused()
    {
        if (served.Count == 0 && process is not null)
        {
            Timers.StartSingleTimer("unused", new EndIfUnused(), Unused);
        }
    }

    private void EndProcess()
    {
        if (process is not null && !ending)
        {
            ending = true;
            process.SendSignal(Signal.Term);
        }
    }

    private void Watch()
    {
        if (process is { } watched)
        {
            environment.Reactor.WhenReadable(watched).PipeTo(Self, success: () => new ResolverGone(), failure: e => new Failed(e.Message));
        }
    }

    private void Gone()
    {
        var status = Reap();
        process?.Dispose();
        process = null;
        if (status?.Code == ResolverProcess.Occupied)
        {
            // Of an earlier supervisor, which had not come to write down that it had started it.
            Look();
            return;
        }

        var cause = ending ? "nobody needs it any more" : status is { } ended ? ended.Signal is { } signal ? $"killed by {Signal.Name(signal)}" : $"exit code {ended.Code}" : "it was killed";
        ending = false;
        Carry(ResolverDecisions.Ended(State, cause, environment.Now));
    }

    /// <summary>Null: it was another supervisor's child.</summary>
    private ExitStatus? Reap()
    {
        try
        {
            return process?.TryReap();
        }
        catch (Native.LinuxException e) when (e.ErrnoName == "ECHILD")
        {
            return null;
        }
    }

    private sealed record ResolverGone;

    private sealed record EndIfUnused;
}
