namespace Devoxx.Supervisor;

/// <summary>How the supervisor process is started.</summary>
/// <param name="RuntimePath">The <c>devoxx-runtime</c> executable: beside this one unless told otherwise.</param>
/// <param name="ReadyFd">Where one byte is written, and which is then closed, once requests are answered; null: nobody waits.</param>
/// <param name="IdleTimeout">How long nothing may run and nobody ask before the supervisor leaves; infinite: it stays.</param>
/// <param name="Ready">Called at the same moment.</param>
public sealed record SupervisorOptions(StateRoot Root, string RuntimePath, int? ReadyFd, TimeSpan IdleTimeout, Action? Ready = null)
{
    /// <summary>Asked when a signal has told it to leave: whether the machine stops, so that containers are to end first; null: they never are.</summary>
    public Func<Task<bool>>? MachineStops { get; init; }

    /// <summary>Told then how long that takes at the most.</summary>
    public Action<TimeSpan>? Stopping { get; init; }
}
