namespace Devoxx.Orchestrator;

/// <summary>The exit codes of <c>docker compose</c> 2.40: everything that fails is 1, wrong usage included; what a container's command returns is passed on.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;

    /// <summary>Interrupted: 128 and the number of SIGINT.</summary>
    public const int Interrupted = 130;
}
