using Akka.Event;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Monitors;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Containers;

/// <summary>How a run is told to end, and what is done when it does not, or nobody says so.</summary>
internal sealed partial class ContainerActor
{
    /// <summary>How long after SIGKILL a monitor may take to record the end: it waits for output that is still to be written.</summary>
    private static readonly TimeSpan PatienceWithMonitor = TimeSpan.FromSeconds(10);

    /// <returns>Why it could not be sent.</returns>
    private string? Send(int signal)
    {
        string? failed = null;
        if (State.Process is not { } p)
        {
            if (signal == Signal.Kill)
            {
                launching?.Cancel();
            }

            return null;
        }

        using var process = new ProcessIdentity(p.Pid, p.StartTime, p.BootId).OpenIfAlive();
        try
        {
            Failpoint.Around("container.signal", () => process?.SendSignal(signal));
        }
        catch (LinuxException e)
        {
            // A stop goes on all the same: at the end of its grace period, and then by way of the monitor.
            Context.GetLogger().Error("{0}: {1}", State.Spec!.Name, e.Message);
            failed = e.Message;
        }

        if (signal == Signal.Kill)
        {
            Later("monitor", PatienceWithMonitor, new MonitorSilent(State.Run));
        }

        return failed;
    }

    private void SendStop(SendStopSignal stop)
    {
        Send(stop.Signal);
        if (stop.Signal == Signal.Kill)
        {
            return;
        }

        Later("grace", stop.Grace, new GraceElapsed(stop.Run));
        // Only the first process of a pid namespace is spared.
        if (State.Process is { } process && State.Spec! is { Init: false, Namespaces: null or { Pid: null } } && !StopSignals.IsHandled(process.Pid, stop.Signal))
        {
            // A program that has only just begun may not have set its handler yet.
            Later("dropped", StopSignals.TimeToSetHandlers - RanFor, new StopSignalDue(stop.Run, stop.Signal));
        }
    }

    /// <summary>Its monitor waits for output that others may still write, for as long as they like; one that is stopped does not wait, it never comes.</summary>
    private void AwaitMonitor(FirstProcessGone gone)
    {
        if (gone.MonitorIsStopped && HelperGuard.IsStopped(State.Process!.MonitorPid))
        {
            KillMonitor();
        }
        else
        {
            Later("stopped", HelperGuard.Interval, gone with { MonitorIsStopped = HelperGuard.IsStopped(State.Process!.MonitorPid) });
        }
    }

    /// <summary>A monitor that has not told the end by now is stopped itself (SIGSTOP), or stuck: without it, nobody waits for ever.</summary>
    private void KillMonitor()
    {
        if (State.Process is { } p)
        {
            using var process = new ProcessIdentity(p.MonitorPid, p.MonitorStartTime, p.BootId).OpenIfAlive();
            Failpoint.Around("container.monitor-killed", () => process?.SendSignal(Signal.Kill));
        }
    }

    /// <summary>SIGKILL was sent a while ago, and the monitor still lives.</summary>
    private sealed record MonitorSilent(int Run);

    /// <summary>The run's first process has ended, and its monitor has not yet.</summary>
    /// <param name="MonitorIsStopped">Whether it was stopped when it was last looked at.</param>
    private sealed record FirstProcessGone(int Run, bool MonitorIsStopped = false);

    /// <summary>Time to look again whether the stop's signal has a handler.</summary>
    private sealed record StopSignalDue(int Run, int Signal);
}
