using System.Collections.Immutable;
using Devoxx.Compose;

namespace Devoxx.Supervisor.Planning;

/// <summary>Which service waits for which.</summary>
/// <param name="Dependencies">By service; only services that are there.</param>
internal sealed record ServiceGraph(ImmutableSortedDictionary<string, ImmutableArray<string>> Dependencies)
{
    public static ServiceGraph Of(Project? project) => new((project?.Services ?? ImmutableSortedDictionary<string, Service>.Empty)
        .ToImmutableSortedDictionary(s => s.Key, s => DependenciesOf(s.Value, project!), StringComparer.Ordinal));

    /// <summary>The services and all they depend on, each after its dependencies; unknown ones first, as they come.</summary>
    public ImmutableArray<string> InOrder(IEnumerable<string> services)
    {
        var result = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in services.Order(StringComparer.Ordinal))
        {
            Visit(service);
        }

        return result.ToImmutable();

        void Visit(string service)
        {
            if (!seen.Add(service))
            {
                return;
            }

            foreach (var dependency in DirectOf(service))
            {
                Visit(dependency);
            }

            result.Add(service);
        }
    }

    public ImmutableArray<string> DirectOf(string service) => Dependencies.GetValueOrDefault(service, []);

    /// <summary>Who depends on it directly.</summary>
    public IEnumerable<string> DependantsOf(string service) => Dependencies.Where(d => d.Value.Contains(service)).Select(d => d.Key);

    /// <summary>What a service waits for: said by depends_on, or implied by what it takes from others.</summary>
    private static ImmutableArray<string> DependenciesOf(Service service, Project project)
    {
        var links = service.Links.Select(l => l.Split(':')[0]);
        var donors = service.VolumesFrom.Where(v => !v.StartsWith("container:", StringComparison.Ordinal)).Select(v => v.Split(':')[0]);
        var modes = new[] { service.NetworkMode, service.Ipc, service.Pid }
            .OfType<string>().Where(m => m.StartsWith("service:", StringComparison.Ordinal)).Select(m => m["service:".Length..]);
        return [.. service.DependsOn.Keys.Concat(links).Concat(donors).Concat(modes).Distinct().Where(project.Services.ContainsKey)];
    }
}
