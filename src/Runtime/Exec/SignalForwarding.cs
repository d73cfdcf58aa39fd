using System.Runtime.InteropServices;
using Devoxx.Native.Processes;

namespace Devoxx.Runtime.Exec;

/// <summary>Passes the signals that we are sent on to a process in a container, for as long as it is not disposed.</summary>
internal sealed class SignalForwarding : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public SignalForwarding(PidFd process)
    {
        foreach (var signal in (ReadOnlySpan<int>)[Signal.Hup, Signal.Int, Signal.Quit, Signal.Usr1, Signal.Usr2, Signal.Term])
        {
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                process.SendSignal(signal);
            }));
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
