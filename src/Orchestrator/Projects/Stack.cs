using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Compose;

namespace Devoxx.Orchestrator.Projects;

/// <summary>The project that the command's Compose files describe, ready to be handed to the supervisor.</summary>
/// <param name="Json">The model with all that belongs to it, as the control API takes it.</param>
internal sealed record Stack(Project Project, JsonElement Json)
{
    /// <summary>Loads it, and prints what its author should know: warnings, and keys that are not honoured.</summary>
    /// <param name="adjust">What the verb wants of the loader.</param>
    /// <exception cref="CommandFailedException">All errors of all files, one a line.</exception>
    public static Stack Load(Invocation invocation, Func<LoadRequest, LoadRequest> adjust)
    {
        var result = StackFiles.Load(invocation, adjust);
        using var json = JsonDocument.Parse(ProjectJson.WriteLossless(result.Project!));
        return new Stack(result.Project!, json.RootElement.Clone());
    }

    /// <summary>Whether there is such a service, whatever its profiles.</summary>
    public bool Knows(string service) => Project.Services.ContainsKey(service) || Project.DisabledServices.ContainsKey(service);

    /// <summary><c>COMPOSE_REMOVE_ORPHANS</c>, from the shell or an env file.</summary>
    public bool RemovesOrphans => StackFiles.IsTrue(Project.Environment.GetValueOrDefault("COMPOSE_REMOVE_ORPHANS"));
}
