namespace Devoxx.Orchestrator;

/// <summary>The command cannot be done; the message is all that the user is told.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCode.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
