using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>The services that a verb about images is for: those named, or all.</summary>
internal static class ServiceSelection
{
    /// <param name="withDependencies">And what they depend on.</param>
    /// <exception cref="CommandFailedException">There is no such service.</exception>
    public static IEnumerable<KeyValuePair<string, Service>> Of(Invocation invocation, Stack stack, bool withDependencies)
    {
        new ProjectTarget(stack.Project.Name, stack).CheckServices(invocation.Words);
        var chosen = UpPlanner.Selected(stack.Project, new UpWish([.. invocation.Words], ImmutableSortedDictionary<string, int>.Empty, NoDeps: !withDependencies));
        return chosen.Select(name => KeyValuePair.Create(name, stack.Project.Services[name]));
    }
}
