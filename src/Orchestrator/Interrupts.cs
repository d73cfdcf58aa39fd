using System.Runtime.InteropServices;

namespace Devoxx.Orchestrator;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks for an orderly end, the second for an immediate one. Until somebody asks for a token
/// the signals keep their default effect, so that quick verbs pay nothing.
/// </summary>
internal sealed class Interrupts(TimeProvider? clock = null) : IDisposable
{
    /// <summary>Nobody presses twice in this time, but one signal may come to a process and to its group (timeout(1) does that).</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(150);

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly CancellationTokenSource first = new();
    private readonly CancellationTokenSource second = new();
    private long raisedAt;
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
        if (!first.IsCancellationRequested)
        {
            raisedAt = clock.GetTimestamp();
            first.Cancel();
        }
        else if (clock.GetElapsedTime(raisedAt) > Echo)
        {
            second.Cancel();
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
