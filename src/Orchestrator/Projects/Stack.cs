using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Compose;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Orchestrator.Projects;

/// <summary>The project that the command's Compose files describe, ready to be handed to the supervisor.</summary>
/// <param name="Json">The model with all that belongs to it, as the control API takes it.</param>
internal sealed record Stack(Project Project, JsonElement Json)
{
    /// <summary>Loads it for a verb that starts things, which says what of it is not honoured.</summary>
    /// <param name="services">Those named on the command line: they bring their profiles with them.</param>
    /// <exception cref="CommandFailedException">All errors of all files, one a line.</exception>
    public static Stack LoadToStart(Invocation invocation, IReadOnlyList<string> services)
    {
        var result = StackFiles.Load(invocation, request => request with { Services = [.. services] });
        foreach (var warning in SupportWarnings.For(result))
        {
            invocation.Output.Warn(StackFiles.Describe(warning));
        }

        var refusals = StartChecks.For(result, InstalledRuntimes.WhatIsWrong);
        if (!refusals.IsEmpty)
        {
            throw new CommandFailedException(string.Join('\n', refusals.Select(StackFiles.Describe)));
        }

        return Of(result);
    }

    /// <summary>Loads it for a verb that starts nothing: an env_file may be missing, and every service may be named, whatever its profile.</summary>
    /// <exception cref="CommandFailedException">All errors of all files, one a line.</exception>
    public static Stack LoadToLookAt(Invocation invocation) =>
        Of(StackFiles.Load(invocation, static request => request with { ResolveEnvironment = false }));

    private static Stack Of(LoadResult result) => new(result.Project!, JsonOf(result.Project!));

    /// <summary>The model with all that belongs to it, as the control API takes it.</summary>
    public static JsonElement JsonOf(Project project)
    {
        // Without the shell's variables: what the file takes of them is in its values, and the journal is no place for the rest.
        using var json = JsonDocument.Parse(ProjectJson.WriteLossless(FileContents.Filled(project) with { Environment = ImmutableSortedDictionary<string, string>.Empty }));
        return json.RootElement.Clone();
    }

    /// <summary>The same with every service's <c>pull_policy</c> as <c>--pull</c> has it; null: as it is.</summary>
    public Stack WithPullPolicy(string? policy)
    {
        if (policy is null)
        {
            return this;
        }

        var project = Project with { Services = Project.Services.SetItems(Project.Services.Select(s => KeyValuePair.Create(s.Key, s.Value with { PullPolicy = policy }))) };
        return new Stack(project, JsonOf(project));
    }

    /// <summary>Whether there is such a service, whatever its profiles.</summary>
    public bool Knows(string service) => Project.Services.ContainsKey(service) || Project.DisabledServices.ContainsKey(service);

    /// <summary><c>COMPOSE_REMOVE_ORPHANS</c>, from the shell or an env file.</summary>
    public bool RemovesOrphans => StackFiles.IsTrue(Project.Environment.GetValueOrDefault("COMPOSE_REMOVE_ORPHANS"));
}
