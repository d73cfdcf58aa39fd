using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Loading;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Validation;

/// <summary>What does not fit together: references to nothing, settings that contradict each other, cycles.</summary>
internal sealed class Consistency(Project project, MappingNode tree, DiagnosticList diagnostics)
{
    /// <summary>Checks the active services and the resources.</summary>
    internal void Check()
    {
        foreach (var (name, service) in project.Services)
        {
            Image(name, service);
            Build(name, service);
            Networks(name, service);
            References(name, service);
            Limits(name, service);
            Scale(name, service);
            Mounts(name, service);
            if (service.Healthcheck is { Test: [var first, ..] } && first is not ("CMD" or "CMD-SHELL" or "NONE"))
                Error($"begins with `{first}`; begin it with CMD, CMD-SHELL or NONE, or write one string", "services", name, "healthcheck", "test");
            foreach (var watch in service.Develop?.Watch ?? [])
                if (string.IsNullOrEmpty(watch.Target) && watch.Action is not ("rebuild" or "restart"))
                    Error($"has a `{watch.Action}` without `target`; add where in the container {watch.Path} belongs", "services", name, "develop", "watch");
        }
        foreach (var (name, secret) in project.Secrets)
            if (!secret.External && string.IsNullOrEmpty(secret.File) && string.IsNullOrEmpty(secret.Environment))
                Error("says nothing of its content; add `file` or `environment`", "secrets", name);
        Cycles();
    }

    private void Image(string name, Service service)
    {
        if (service.Build is null && string.IsNullOrEmpty(service.Image) && service.Provider is null)
            Error("has neither `image` nor `build`; add one of them", "services", name);
    }

    private void Build(string name, Service service)
    {
        if (service.Build is not { } build) return;
        if (!string.IsNullOrEmpty(build.DockerfileInline) && !string.IsNullOrEmpty(build.Dockerfile))
            Error("has `dockerfile` and `dockerfile_inline`; keep one of them", "services", name, "build");
        foreach (var (context, source) in build.AdditionalContexts)
        {
            if (!source.StartsWith("service:", StringComparison.Ordinal)) continue;
            var target = source["service:".Length..];
            if (!project.Services.TryGetValue(target, out var other)) Unknown("service", target, project.Services.Keys, "services", name, "build", "additional_contexts", context);
            else if (other.Build is null) Error($"is service `{target}`, which is not built; it needs a `build`", "services", name, "build", "additional_contexts", context);
        }
        if (build.Platforms.Length > 0 && !string.IsNullOrEmpty(service.Platform) && !build.Platforms.Contains(service.Platform))
            Error($"lacks the service's platform `{service.Platform}`; add it", "services", name, "build", "platforms");
        foreach (var secret in build.Secrets)
            if (!project.Secrets.ContainsKey(secret.Source ?? "")) Unknown("secret", secret.Source, project.Secrets.Keys, "services", name, "build", "secrets");
    }

    private void Networks(string name, Service service)
    {
        if (!string.IsNullOrEmpty(service.NetworkMode) && service.Networks.Count > 0)
            Error("stands beside `networks`; keep one of them", "services", name, "network_mode");
        foreach (var network in service.Networks.Keys)
            if (!project.Networks.ContainsKey(network)) Unknown("network", network, project.Networks.Keys, "services", name, "networks", network);
        if (service.NetworkMode is { } mode && mode.StartsWith("service:", StringComparison.Ordinal) && !project.Services.ContainsKey(mode["service:".Length..]))
            Unknown("service", mode["service:".Length..], project.Services.Keys, "services", name, "network_mode");
    }

    private void References(string name, Service service)
    {
        foreach (var (needed, dependency) in service.DependsOn)
        {
            if (project.Services.ContainsKey(needed)) continue;
            if (project.DisabledServices.TryGetValue(needed, out var disabled))
            {
                if (dependency.Required)
                    Error($"is needed, but its profiles are not active; add --profile {string.Join(" or --profile ", disabled.Profiles)}, or `required: false`", "services", name, "depends_on", needed);
            }
            else Unknown("service", needed, project.Services.Keys, "services", name, "depends_on", needed);
        }
        for (var i = 0; i < service.Volumes.Length; i++)
        {
            var volume = service.Volumes[i];
            if (volume.Type == "volume" && !string.IsNullOrEmpty(volume.Source) && !project.Volumes.ContainsKey(volume.Source))
                Unknown("volume", volume.Source, project.Volumes.Keys, "services", name, "volumes", $"[{i}]");
        }
        for (var i = 0; i < service.Configs.Length; i++)
            if (!project.Configs.ContainsKey(service.Configs[i].Source ?? "")) Unknown("config", service.Configs[i].Source, project.Configs.Keys, "services", name, "configs", $"[{i}]");
        for (var i = 0; i < service.Secrets.Length; i++)
            if (!project.Secrets.ContainsKey(service.Secrets[i].Source ?? "")) Unknown("secret", service.Secrets[i].Source, project.Secrets.Keys, "services", name, "secrets", $"[{i}]");
        foreach (var model in service.Models.Keys)
            if (!project.Models.ContainsKey(model)) Unknown("model", model, project.Models.Keys, "services", name, "models", model);
    }

    private void Limits(string name, Service service)
    {
        if (service.Deploy is not { Resources: var resources }) return;
        if (service.Cpus is { } cpus && resources.Limits is { } l1 && (float)(l1.Cpus ?? 0) != (float)cpus) Twice("cpus", "deploy.resources.limits.cpus");
        if (service.MemLimit is { } memory && resources.Limits is { } l2 && l2.Memory != memory) Twice("mem_limit", "deploy.resources.limits.memory");
        if (service.MemReservation is { } reserved && resources.Reservations is { } r && r.Memory != reserved) Twice("mem_reservation", "deploy.resources.reservations.memory");
        if (service.PidsLimit is { } pids && resources.Limits is { } l3 && l3.Pids != pids) Twice("pids_limit", "deploy.resources.limits.pids");

        void Twice(string key, string other) => Error($"and `{other}` differ; give the limit in one place, or the same in both", "services", name, key);
    }

    private void Scale(string name, Service service)
    {
        if (service is { Scale: { } scale, Deploy.Replicas: { } replicas } && scale != replicas)
            Error("and `deploy.replicas` differ; give the number in one place", "services", name, "scale");
        if (service.Scale < 0) Error($"is {service.Scale}; it must be at least 0", "services", name, "scale");
        if (service.Deploy?.Replicas < 0) Error($"is {service.Deploy.Replicas}; it must be at least 0", "services", name, "deploy", "replicas");
        if (service.Replicas > 1 && !string.IsNullOrEmpty(service.ContainerName))
            Error($"is one name for {service.Replicas} containers; remove it, or run one replica", "services", name, "container_name");
    }

    private void Mounts(string name, Service service)
    {
        var targets = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < service.Tmpfs.Length; i++)
        {
            var path = service.Tmpfs[i].Split(':')[0];
            if (!targets.Add(path)) Error($"is mounted on `{path}`, where something else is mounted already; mount one of them elsewhere", "services", name, "tmpfs", $"[{i}]");
        }
        for (var i = 0; i < service.Volumes.Length; i++)
        {
            var path = service.Volumes[i].Target ?? "";
            if (!targets.Add(path)) Error($"is mounted on `{path}`, where something else is mounted already; mount one of them elsewhere", "services", name, "volumes", $"[{i}]");
        }
    }

    private void Cycles()
    {
        DependencyOrder.Of(project.Services, out var cycle);
        if (cycle.Count > 0)
            Error($"closes a cycle: {string.Join(" → ", cycle)} → {cycle[0]}; remove one of these dependencies", "services", cycle[^1], "depends_on", cycle[0]);
    }

    private void Unknown(string kind, string? name, IEnumerable<string> known, params string[] path)
    {
        var candidates = known.ToList();
        var right = Schema.Nearest.Suggest(name ?? "", candidates) is { } near ? $"did you mean `{near}`?" : kind == "service" ? "name a service of this project" : $"add it to the top-level `{kind}s`";
        Error($"refers to {kind} `{name}`, which is not defined; {right}", path);
    }

    private void Error(string message, params string[] path) => diagnostics.Error(TreePath.Locate(tree, path), $"{TreePath.Print(path)} {message}");
}
