namespace Devoxx.Orchestrator.Arguments;

/// <summary>The command line itself is wrong: told to the user with the verb's usage, exit code 1 as the reference has it.</summary>
internal sealed class UsageException(string message, string? suggestion = null) : Exception(message)
{
    /// <summary>The nearest thing that would have been right.</summary>
    public string? Suggestion { get; } = suggestion;
}
