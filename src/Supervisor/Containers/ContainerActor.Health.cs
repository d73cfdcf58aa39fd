using Akka.Actor;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Containers;

/// <summary>The probes of a running container: a timer for each next one, and what its result means.</summary>
internal sealed partial class ContainerActor
{
    /// <summary>Of the newest run; kept when it ends, for the record of the run.</summary>
    private HealthProbing probing = HealthProbing.Begin;
    private bool probes;
    private TimeSpan probeBegunAfter;

    /// <summary>How long the run has lasted; zero: it has not begun.</summary>
    private TimeSpan RanFor => State.Process?.RanFor(BootClock.Now) ?? TimeSpan.Zero;

    /// <summary>A run is watched from here on: one that has begun, or one that was adopted.</summary>
    private void BeginProbing(int run)
    {
        probes = false;
        // Of a run that was adopted, its health stands until a probe says otherwise.
        probing = State.Health is { } health
            ? HealthProbing.Begin with { Status = health.Status, FailingStreak = health.FailingStreak }
            : HealthProbing.Begin;
        if (State.Spec!.Health is { } spec)
        {
            Later("probe", HealthDecisions.NextIn(spec, probing.Status, RanFor), new ProbeDue(run));
        }
    }

    private void Probe(int run)
    {
        if (run == State.Run && State.Phase == ContainerPhase.Running && !probes && State.Spec!.Health is { } spec)
        {
            if (State.Paused)
            {
                // Frozen like the rest, a probe could only time out.
                Later("probe", spec.Interval, new ProbeDue(run));
                return;
            }

            (probes, probeBegunAfter) = (true, RanFor);
            HealthProbe.RunAsync(spec, id, environment).PipeTo(Self, success: result => new ProbeEnded(run, result));
        }
    }

    private void Probed(ProbeEnded ended)
    {
        if (ended.Run != State.Run || State.Spec!.Health is not { } spec)
        {
            return;
        }

        probes = false;
        if (State.Phase != ContainerPhase.Running)
        {
            return;
        }

        if (State.Paused)
        {
            Later("probe", spec.Interval, new ProbeDue(ended.Run));
            return;
        }

        var ready = State.Spec.Notify is null || State.Notified is { Ready: true };
        probing = HealthDecisions.After(spec, probing with { Ready = ready }, ended.Result, probeBegunAfter);
        Later("probe", HealthDecisions.NextIn(spec, probing.Status, RanFor), new ProbeDue(ended.Run));
        if (State.Health?.Status != probing.Status)
        {
            Do(new HealthObserved(ended.Run, probing.Status, HealthDecisions.Reason(probing), probing.FailingStreak, RunEvidence.Of(probing.Results, []).Probes));
        }
    }

    private sealed record ProbeDue(int Run);

    private sealed record ProbeEnded(int Run, ProbeResult Result);
}
