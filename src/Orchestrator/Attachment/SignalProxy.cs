using System.Runtime.InteropServices;
using Devoxx.Native.Processes;
using Devoxx.Orchestrator.Control;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>
/// Passes the signals that we are sent on to a container, in their order, for as long as it is not disposed. Who presses
/// Ctrl-C a third time wants it to end, whatever its first process makes of the signal: that one is SIGKILL.
/// </summary>
internal sealed class SignalProxy : IDisposable
{
    private const int Patience = 3;

    private readonly SupervisorConnection supervisor;
    private readonly string project;
    private readonly string container;
    private readonly TextWriter told;
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;
    private int interrupts;

    public SignalProxy(SupervisorConnection supervisor, string project, string container, TextWriter told)
    {
        (this.supervisor, this.project, this.container, this.told) = (supervisor, project, container, told);
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
            if (signal == Signal.Int)
            {
                interrupts++;
                if (interrupts == Patience - 1)
                {
                    told.WriteLine("press Ctrl+C again to kill it");
                }
            }

            var sent = interrupts >= Patience && signal == Signal.Int ? Signal.Kill : signal;
            last = SendAsync(last, sent);
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
