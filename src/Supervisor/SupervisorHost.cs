namespace Devoxx.Supervisor;

/// <summary>The supervisor process: actors and control API together.</summary>
public static class SupervisorHost
{
    /// <summary>Runs until it is told to leave, or is idle; returns the exit code: 0, or 1 when another supervisor holds the state root.</summary>
    public static Task<int> RunAsync(SupervisorOptions options, CancellationToken cancellation) => throw new NotImplementedException();
}
