using System.Text.Json.Serialization.Metadata;
using Devoxx.Orchestrator.Control;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>What the verbs that change something have in common: progress while it runs, then warnings, then every error.</summary>
internal static class Requests
{
    /// <summary>Performs the request and returns the exit code.</summary>
    /// <param name="title">What the progress display says is going on.</param>
    public static Task<int> PerformAsync<T>(
        this Invocation invocation, SupervisorConnection supervisor, string path, T request, JsonTypeInfo<T> type, string title = "Running") =>
        invocation.ShowAsync(title, report => supervisor.PerformAsync(path, request, type, report, invocation.Interrupts.First));

    /// <summary>Shows the progress of <paramref name="perform"/>, then how it ended; returns the exit code.</summary>
    public static async Task<int> ShowAsync(this Invocation invocation, string title, Func<Action<Progress>, Task<Outcome>> perform)
    {
        Outcome outcome;
        using (var progress = invocation.Output.StartProgress(title))
        {
            outcome = await perform(progress.Report);
        }

        return invocation.Conclude(outcome);
    }

    /// <summary>Prints warnings and errors, the errors last; returns the exit code.</summary>
    public static int Conclude(this Invocation invocation, Outcome outcome)
    {
        foreach (var warning in outcome.Warnings)
        {
            invocation.Output.Warn(warning);
        }

        foreach (var error in outcome.Errors)
        {
            invocation.Output.Fail(error);
        }

        return outcome.Succeeded ? ExitCode.Success : ExitCode.Failure;
    }

    public static Task<SupervisorConnection> ConnectAsync(this Invocation invocation) =>
        SupervisorConnection.OpenAsync(invocation.Root, CancellationToken.None);
}
