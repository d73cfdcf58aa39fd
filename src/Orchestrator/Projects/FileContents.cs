using System.Collections.Immutable;
using Devoxx.Compose;

namespace Devoxx.Orchestrator.Projects;

/// <summary>Configs and secrets that are variables of this process: the supervisor knows none of these.</summary>
internal static class FileContents
{
    /// <summary>The same with their values; a variable that is not set leaves none, which is refused for a service that uses it.</summary>
    public static Project Filled(Project project) => project with
    {
        Configs = Filled(project.Configs, project.Environment),
        Secrets = Filled(project.Secrets, project.Environment),
    };

    private static ImmutableSortedDictionary<string, FileObject> Filled(
        ImmutableSortedDictionary<string, FileObject> objects, ImmutableSortedDictionary<string, string> environment) =>
        objects.SetItems(objects
            .Where(each => each.Value is { Content: null, Environment.Length: > 0 })
            .Select(each => KeyValuePair.Create(each.Key, each.Value with { Content = environment.GetValueOrDefault(each.Value.Environment!) })));
}
