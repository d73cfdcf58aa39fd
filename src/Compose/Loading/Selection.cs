using System.Collections.Immutable;
using System.IO.Enumeration;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Loading;

/// <summary>Which services are active, and which resources they use.</summary>
internal static class Selection
{
    /// <summary>Services without profiles are always active; others if one of theirs is.</summary>
    internal static Project WithProfiles(Project project, ImmutableArray<string> profiles)
    {
        var enabled = Sorted<Service>.Empty.ToBuilder();
        var disabled = Sorted<Service>.Empty.ToBuilder();
        foreach (var (name, service) in project.Services.Concat(project.DisabledServices))
            (IsActive(service, profiles) ? enabled : disabled)[name] = service;
        return project with { Services = enabled.ToImmutable(), DisabledServices = disabled.ToImmutable(), Profiles = profiles };
    }

    /// <summary>Naming a service activates its profiles.</summary>
    internal static Project WithNamed(Project project, ImmutableArray<string> names)
    {
        var profiles = project.Profiles;
        foreach (var name in names)
            if (project.DisabledServices.TryGetValue(name, out var service)) profiles = profiles.AddRange(service.Profiles);
        return profiles.Length == project.Profiles.Length ? project : WithProfiles(project, profiles);
    }

    /// <summary>Keeps the services named (patterns with `*` and `?` too) and all that they depend on.</summary>
    internal static Project Select(Project project, ImmutableArray<string> names, DiagnosticList diagnostics)
    {
        if (names.IsEmpty) return project;
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var matches = project.Services.Keys.Where(key => FileSystemName.MatchesSimpleExpression(name, key, ignoreCase: false)).ToList();
            if (matches.Count == 0)
                diagnostics.Error(Position.None, $"no such service: {name}{(Schema.Nearest.Suggest(name, project.Services.Keys) is { } near ? $"; did you mean `{near}`?" : $"; there is {string.Join(", ", project.Services.Keys)}")}");
            foreach (var match in matches) Keep(match);
        }
        var services = Sorted<Service>.Empty.ToBuilder();
        var disabled = project.DisabledServices.ToBuilder();
        foreach (var (name, service) in project.Services)
        {
            if (kept.Contains(name)) services[name] = service with { DependsOn = service.DependsOn.RemoveRange(service.DependsOn.Keys.Where(d => !kept.Contains(d))) };
            else disabled[name] = service;
        }
        return project with { Services = services.ToImmutable(), DisabledServices = disabled.ToImmutable() };

        void Keep(string first)
        {
            var pending = new Stack<string>([first]);
            while (pending.TryPop(out var name))
                if (project.Services.TryGetValue(name, out var service) && kept.Add(name))
                    foreach (var dependency in service.DependsOn.Keys) pending.Push(dependency);
        }
    }

    /// <summary>Drops the networks, volumes, configs, secrets and models that no active service uses.</summary>
    internal static Project OnlyUsedResources(Project project)
    {
        HashSet<string> networks = [], volumes = [], secrets = [], configs = [], models = [];
        foreach (var service in project.Services.Values)
        {
            networks.UnionWith(service.Networks.Keys);
            models.UnionWith(service.Models.Keys);
            foreach (var volume in service.Volumes)
                if (volume.Type == "volume" && !string.IsNullOrEmpty(volume.Source)) volumes.Add(volume.Source);
            foreach (var mount in service.Secrets) secrets.Add(mount.Source ?? "");
            foreach (var mount in service.Build?.Secrets ?? []) secrets.Add(mount.Source ?? "");
            foreach (var mount in service.Configs) configs.Add(mount.Source ?? "");
        }
        return project with
        {
            Networks = Keep(project.Networks, networks),
            Volumes = Keep(project.Volumes, volumes),
            Secrets = Keep(project.Secrets, secrets),
            Configs = Keep(project.Configs, configs),
            Models = Keep(project.Models, models),
        };
    }

    private static ImmutableSortedDictionary<string, T> Keep<T>(ImmutableSortedDictionary<string, T> all, HashSet<string> used) =>
        all.RemoveRange(all.Keys.Where(key => !used.Contains(key)));

    private static bool IsActive(Service service, ImmutableArray<string> profiles)
    {
        if (service.Profiles.IsEmpty) return true;
        foreach (var profile in profiles)
            if (profile == "*" || service.Profiles.Contains(profile)) return true;
        return false;
    }
}
