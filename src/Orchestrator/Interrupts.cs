using System.Runtime.InteropServices;

namespace Devoxx.Orchestrator;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks for an orderly end, the second for an immediate one. Until somebody asks for a token
/// the signals keep their default effect, so that quick verbs pay nothing.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource first = new();
    private readonly CancellationTokenSource second = new();
    private PosixSignalRegistration? interrupt;
    private PosixSignalRegistration? terminate;

    public CancellationToken First
    {
        get
        {
            Listen();
            return first.Token;
        }
    }

    public CancellationToken Second
    {
        get
        {
            Listen();
            return second.Token;
        }
    }

    public bool Raised => first.IsCancellationRequested;

    /// <summary>What a signal does.</summary>
    public void Raise()
    {
        if (first.IsCancellationRequested)
        {
            second.Cancel();
        }
        else
        {
            first.Cancel();
        }
    }

    public void Dispose()
    {
        interrupt?.Dispose();
        terminate?.Dispose();
        first.Dispose();
        second.Dispose();
    }

    private void Listen()
    {
        interrupt ??= PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        terminate ??= PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        Raise();
    }
}
