using System.Text.Json.Serialization.Metadata;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>What the verbs that change something have in common: progress while it runs, then warnings, then every error.</summary>
internal static class Requests
{
    /// <summary>Performs the request and returns the exit code.</summary>
    /// <param name="title">What the progress display says is going on.</param>
    public static Task<int> PerformAsync<T>(
        this Invocation invocation, SupervisorConnection supervisor, string path, T request, JsonTypeInfo<T> type, string title = "Running") =>
        invocation.Global.IsDryRun
            ? invocation.ForetellAsync(supervisor, path, request, type)
            : invocation.ShowAsync(title, report => supervisor.PerformAsync(path, request, type, report, invocation.Interrupts.First));

    /// <summary>Makes something of its own and prints what it is called, for a script to take up; returns the exit code.</summary>
    /// <param name="called">Its name or id, out of the last progress.</param>
    public static async Task<int> CreateAsync<T>(
        this Invocation invocation, SupervisorConnection supervisor, string path, T request, JsonTypeInfo<T> type, Func<Progress, string?> called)
    {
        if (invocation.Global.IsDryRun)
        {
            return await invocation.ForetellAsync(supervisor, path, request, type);
        }

        string? name = null;
        var outcome = await supervisor.PerformAsync(path, request, type, progress => name = called(progress), invocation.Interrupts.First);
        if (outcome.Succeeded)
        {
            invocation.Output.Out.WriteLine(name);
        }

        return invocation.Conclude(outcome);
    }

    /// <summary>Prints what the request would do.</summary>
    public static async Task<int> ForetellAsync<T>(this Invocation invocation, SupervisorConnection supervisor, string path, T request, JsonTypeInfo<T> type)
    {
        var outcome = await supervisor.PerformAsync(
            path + "?dryRun=true", request, type, static _ => { }, invocation.Interrupts.First, plan => PlanText.Write(invocation.Output.Out, plan));
        return invocation.Conclude(outcome);
    }

    /// <summary>Shows the progress of <paramref name="perform"/>, then how it ended; returns the exit code.</summary>
    public static async Task<int> ShowAsync(this Invocation invocation, string title, Func<Action<Progress>, Task<Outcome>> perform)
    {
        if (invocation.Global.IsDryRun)
        {
            // What a verb does before the change that can be told: it must not be done either.
            invocation.Output.Out.WriteLine($" {title}  would come first; what comes of it shows only when it is done");
            return ExitCode.Success;
        }

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
        invocation.Foretells ? invocation.ConnectToLookAsync() : SupervisorConnection.OpenAsync(invocation.Root, CancellationToken.None);

    /// <summary>For what must not change anything: no supervisor is started, for its recovery would.</summary>
    public static Task<SupervisorConnection> ConnectToLookAsync(this Invocation invocation) => Task.FromResult(SupervisorConnection.OpenToLook(invocation.Root));
}
