using System.Text.Json;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>Which keys of a service have changed: by name only, since what a cause says goes into the journal and values may be secret. Pure.</summary>
internal static class ServiceChanges
{
    /// <summary>More are counted, not named.</summary>
    private const int Named = 5;

    /// <summary>Keys whose entries have names: these are told one by one.</summary>
    private static readonly string[] Maps =
        ["environment", "labels", "annotations", "sysctls", "networks", "ulimits", "deploy", "healthcheck", "logging", "extra_hosts", "storage_opt"];

    /// <summary>Why a container whose hash is another is to be made anew: <c>its configuration has changed: environment.FOO, image</c>.</summary>
    /// <param name="before">What was wanted last; it says nothing of a container that is older.</param>
    public static string Cause(Project? before, Project now, ContainerSpec container)
    {
        const string Changed = "its configuration has changed";
        if (before?.Services.GetValueOrDefault(container.Service) is not { } was || ServiceHash.Of(was) != container.ConfigHash)
        {
            return Changed;
        }

        var keys = Between(was, now.Services[container.Service]);
        return keys.Count switch
        {
            0 => Changed,
            <= Named => $"{Changed}: {string.Join(", ", keys)}",
            _ => $"{Changed}: {string.Join(", ", keys.Take(Named))} and {keys.Count - Named} more",
        };
    }

    /// <summary>The keys that are not the same in both, in their order.</summary>
    public static IReadOnlyList<string> Between(Service was, Service now)
    {
        using var before = Json(was);
        using var after = Json(now);
        var keys = new List<string>();
        Compare(before.RootElement.GetProperty("services").GetProperty("s"), after.RootElement.GetProperty("services").GetProperty("s"), "", keys);
        return keys;
    }

    private static JsonDocument Json(Service service)
    {
        // What the hash leaves out is no reason.
        var counted = service with
        {
            Build = null,
            PullPolicy = null,
            Scale = null,
            Deploy = service.Deploy is { } deploy ? deploy with { Replicas = null } : null,
            DependsOn = service.DependsOn.Clear(),
            Profiles = [],
        };
        var project = new Project { Name = "p", WorkingDir = "/" };
        return JsonDocument.Parse(ProjectJson.WriteLossless(project with { Services = project.Services.Clear().Add("s", counted) }));
    }

    private static void Compare(JsonElement was, JsonElement now, string prefix, List<string> keys)
    {
        foreach (var key in was.EnumerateObject().Select(p => p.Name).Union(now.EnumerateObject().Select(p => p.Name)).Order(StringComparer.Ordinal))
        {
            var there = was.TryGetProperty(key, out var before);
            var still = now.TryGetProperty(key, out var after);
            if (there && still && JsonElement.DeepEquals(before, after))
            {
                continue;
            }

            if (prefix.Length == 0 && Maps.Contains(key) && (!there || before.ValueKind == JsonValueKind.Object) && (!still || after.ValueKind == JsonValueKind.Object))
            {
                Compare(there ? before : Nothing, still ? after : Nothing, key + ".", keys);
            }
            else
            {
                keys.Add(prefix + key);
            }
        }
    }

    private static JsonElement Nothing { get; } = JsonElement.Parse("{}");
}
