using System.Runtime.InteropServices;
using Devoxx.Native.Processes;
using Devoxx.Orchestrator.Control;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Monitors;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>
/// Passes the signals that we are sent on to a container, in their order, for as long as it is not disposed. Who presses
/// Ctrl-C a third time wants it to end, whatever its first process makes of the signal: that one is SIGKILL. So is the second
/// where the kernel drops the signal, as it does for a first process without a handler.
/// </summary>
internal sealed class SignalProxy : IDisposable
{
    private const int Patience = 3;
    private const int PatienceInVain = 2;

    private readonly SupervisorConnection supervisor;
    private readonly string project;
    private readonly string container;
    private readonly int? pid;
    private readonly TextWriter told;
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;
    private int interrupts;

    public SignalProxy(SupervisorConnection supervisor, ContainerView container, TextWriter told)
    {
        (this.supervisor, project, this.container, pid, this.told) = (supervisor, container.Project, container.Name, container.Pid, told);
        foreach (var signal in (ReadOnlySpan<int>)[Signal.Hup, Signal.Int, Signal.Quit, Signal.Usr1, Signal.Usr2, Signal.Term])
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                Pass(signal);
            }));
        }
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
    }

    private void Pass(int signal)
    {
        lock (gate)
        {
            var kills = false;
            if (signal == Signal.Int)
            {
                var dropped = pid is { } process && !StopSignals.IsHandled(process, signal);
                var patience = dropped ? PatienceInVain : Patience;
                kills = ++interrupts >= patience;
                if (interrupts == patience - 1)
                {
                    told.WriteLine($"{(dropped ? $"{container} has no handler for SIGINT, so the kernel drops it; " : "")}press Ctrl+C again to kill it");
                }
            }

            last = SendAsync(last, kills ? Signal.Kill : signal);
        }
    }

    private async Task SendAsync(Task before, int signal)
    {
        await before;
        try
        {
            // That it has ended meanwhile is no news to who waits for its end.
            await supervisor.PerformAsync(
                ControlRoutes.Services(project, "kill"),
                new ServicesRequest([], Signal: Signal.Name(signal), Container: container),
                ControlJson.Default.ServicesRequest,
                static _ => { },
                CancellationToken.None);
        }
        catch (CommandFailedException failed)
        {
            told.WriteLine(failed.Message);
        }
    }
}
