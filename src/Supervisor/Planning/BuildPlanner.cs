using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Compose;
using Devoxx.Images;
using Devoxx.Images.Build;

namespace Devoxx.Supervisor.Planning;

/// <summary>When a service's image is built.</summary>
public enum BuildOccasion
{
    /// <summary><c>build</c>, and <c>up --build</c>.</summary>
    Asked,

    /// <summary><c>up</c>: where the image is missing, or <c>pull_policy: build</c> says always.</summary>
    Needed,
}

/// <summary>What <c>build</c> wants.</summary>
/// <param name="Services">Only these; empty: all that have a <c>build:</c>.</param>
/// <param name="Arguments"><c>--build-arg NAME[=VALUE]</c>, over those of the file.</param>
/// <param name="Ssh"><c>--ssh</c>, beside that of the file.</param>
/// <param name="Memory">Bytes.</param>
public sealed record BuildWish(
    ImmutableArray<string> Services,
    BuildOccasion Occasion = BuildOccasion.Asked,
    bool WithDependencies = false,
    ImmutableArray<string> Arguments = default,
    ImmutableArray<string> Ssh = default,
    bool NoCache = false,
    bool Pull = false,
    long? Memory = null)
{
    /// <summary><c>up</c> runs one of <c>build.platforms</c>, and builds no other.</summary>
    public bool OnlyHere { get; init; }
}

/// <summary>One build.</summary>
/// <param name="Image">The name of its result.</param>
/// <param name="OnlyMissing">Not when the store has the image.</param>
/// <param name="PullFirst">Try a registry before, as the specification has it for a service with both <c>image:</c> and <c>build:</c>.</param>
/// <param name="After">Services whose images it starts from.</param>
public sealed record PlannedBuild(string Service, string Image, BuildRequest Request, bool OnlyMissing, bool PullFirst, bool PullAlways, ImmutableArray<string> After);

/// <summary>From the `build:` sections of a project to what a builder is asked. Pure.</summary>
public static class BuildPlanner
{
    private const string OfService = "service:";

    /// <param name="environment">The caller's: arguments and secrets without a value come from here.</param>
    /// <returns>The builds, each after those that it starts from.</returns>
    /// <exception cref="FormatException">No such service, builds that wait for each other, or something that cannot be built.</exception>
    public static ImmutableArray<PlannedBuild> Make(Project project, BuildWish wish, ImmutableDictionary<string, string> environment) =>
        InOrder([.. Chosen(project, wish).Select(name => Plan(project, name, project.Services[name], wish, environment))]);

    /// <summary>Services to be built: those named, those they depend on where that is wanted, and those whose images others start from.</summary>
    private static IEnumerable<string> Chosen(Project project, BuildWish wish)
    {
        var named = wish.Services.IsDefaultOrEmpty ? [.. project.Services.Keys] : wish.Services;
        if (named.FirstOrDefault(name => !project.Services.ContainsKey(name)) is { } unknown)
        {
            throw new FormatException($"no such service: {unknown}");
        }

        var wanted = new SortedSet<string>(wish.WithDependencies ? ServiceGraph.Of(project).InOrder(named) : named, StringComparer.Ordinal);
        var pending = new Queue<string>(wanted);
        while (pending.TryDequeue(out var name))
        {
            foreach (var context in Needs(project.Services[name]).Where(wanted.Add))
            {
                pending.Enqueue(project.Services.ContainsKey(context) ? context : throw new FormatException($"service {name} is built from {OfService}{context}, and there is no such service"));
            }
        }

        return wanted.Where(name => project.Services[name].Build is not null);
    }

    private static IEnumerable<string> Needs(Service service) =>
        service.Build?.AdditionalContexts.Values.Where(value => value.StartsWith(OfService, StringComparison.Ordinal)).Select(value => value[OfService.Length..]) ?? [];

    private static PlannedBuild Plan(
        Project project, string name, Service service, BuildWish wish, ImmutableDictionary<string, string> environment)
    {
        var build = service.Build!;
        var image = ConfigOutput.ImageOf(project, name);
        var (platform, platforms) = Platforms(name, service, build, wish.OnlyHere || wish.Occasion == BuildOccasion.Needed);
        var request = new BuildRequest
        {
            Context = build.Context ?? project.WorkingDir,
            Dockerfile = string.IsNullOrEmpty(build.Dockerfile) ? null : build.Dockerfile,
            DockerfileInline = string.IsNullOrEmpty(build.DockerfileInline) ? null : build.DockerfileInline,
            Tags = [ImageReference.Parse(image), .. build.Tags.Select(ImageReference.Parse)],
            Args = Arguments(build, wish, environment),
            Labels = Labels(project, name, build),
            AdditionalContexts = build.AdditionalContexts.ToImmutableSortedDictionary(
                context => context.Key, context => context.Value.StartsWith(OfService, StringComparison.Ordinal)
                    ? "docker-image://" + ConfigOutput.ImageOf(project, context.Value[OfService.Length..]) : context.Value),
            Target = string.IsNullOrEmpty(build.Target) ? null : build.Target,
            CacheFrom = build.CacheFrom,
            CacheTo = build.CacheTo,
            Secrets = [.. build.Secrets.Select(secret => Secret(project, name, secret, environment))],
            Ssh = [.. build.Ssh.Select(key => key.Value.Length == 0 ? key.Key : $"{key.Key}={key.Value}"), .. wish.Ssh.IsDefault ? [] : wish.Ssh],
            Platform = platform,
            Platforms = platforms,
            Network = string.IsNullOrEmpty(build.Network) ? null : build.Network,
            ExtraHosts = [.. build.ExtraHosts.SelectMany(host => host.Value.Select(address => $"{host.Key}:{address}"))],
            ShmSize = build.ShmSize,
            Ulimits = [.. build.Ulimits.Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Key}={limit.Value.Soft}:{limit.Value.Hard}"))],
            Memory = wish.Memory,
            NoCache = build.NoCache || wish.NoCache,
            Pull = build.Pull || wish.Pull,
            Environment = environment,
        };
        var needed = wish.Occasion == BuildOccasion.Needed && service.PullPolicy != "build";
        var hasName = !string.IsNullOrEmpty(service.Image);
        return new PlannedBuild(
            name, image, request, needed, needed && hasName && service.PullPolicy != "never", needed && hasName && service.PullPolicy == "always", [.. Needs(service).Distinct()]);
    }

    private static ImmutableSortedDictionary<string, string?> Arguments(Build build, BuildWish wish, ImmutableDictionary<string, string> environment)
    {
        var arguments = build.Args.ToBuilder();
        foreach (var argument in wish.Arguments.IsDefault ? [] : wish.Arguments)
        {
            var equals = argument.IndexOf('=');
            arguments[equals < 0 ? argument : argument[..equals]] = equals < 0 ? null : argument[(equals + 1)..];
        }

        // One without a value is the caller's own variable, or is not given at all.
        return arguments.Select(argument => KeyValuePair.Create(argument.Key, argument.Value ?? environment.GetValueOrDefault(argument.Key)))
            .Where(argument => argument.Value is not null).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static ImmutableSortedDictionary<string, string> Labels(Project project, string name, Build build)
    {
        var labels = build.Labels.ToBuilder();
        labels["com.docker.compose.project"] = project.Name;
        labels["com.docker.compose.service"] = name;
        labels["com.docker.compose.version"] = SupervisorVersion.Text;
        return labels.ToImmutable();
    }

    private static BuildSecret Secret(Project project, string service, FileMount secret, ImmutableDictionary<string, string> environment)
    {
        var source = secret.Source ?? "";
        if (!project.Secrets.TryGetValue(source, out var definition))
        {
            throw new FormatException($"service {service}: build secret {source} is not among the top-level secrets");
        }

        var id = string.IsNullOrEmpty(secret.Target) ? source : secret.Target;
        return definition switch
        {
            { File: { Length: > 0 } file } => new BuildSecret(id, file, null),
            { Environment: { Length: > 0 } variable } when environment.ContainsKey(variable) => new BuildSecret(id, null, variable),
            { Environment: { Length: > 0 } variable } => throw new FormatException($"service {service}: build secret {source} is to come from the variable {variable}, which is not set"),
            _ => throw new FormatException($"service {service}: build secret {source} has neither file nor environment; a build takes no others"),
        };
    }

    /// <summary>The one that the service runs, and all that are to be built; of those none where it is only that one.</summary>
    private static (ImagePlatform? Run, ImmutableArray<ImagePlatform> All) Platforms(string name, Service service, Build build, bool onlyOne)
    {
        var listed = build.Platforms.Select(ImagePlatform.Parse).Distinct().ToImmutableArray();
        ImagePlatform? run = null;
        if (!string.IsNullOrEmpty(service.Platform))
        {
            run = ImagePlatform.Parse(service.Platform);
            if (!listed.IsEmpty && !listed.Contains(run))
            {
                throw new FormatException($"service {name}: build.platforms does not have {service.Platform}, which platform asks for");
            }
        }
        else if (!listed.IsEmpty)
        {
            run = listed.FirstOrDefault(platform => ImagePlatform.Host.Distance(platform) is not null) ?? listed[0];
        }

        return (run, onlyOne || listed.Length < 2 ? [] : listed);
    }

    private static ImmutableArray<PlannedBuild> InOrder(ImmutableArray<PlannedBuild> builds)
    {
        var ordered = ImmutableArray.CreateBuilder<PlannedBuild>(builds.Length);
        for (var left = builds; !left.IsEmpty;)
        {
            var ready = left.Where(build => !build.After.Any(name => left.Any(other => other.Service == name))).ToImmutableArray();
            if (ready.IsEmpty)
            {
                throw new FormatException($"the builds of {string.Join(", ", left.Select(build => build.Service))} wait for each other");
            }

            ordered.AddRange(ready);
            left = left.RemoveRange(ready);
        }

        return ordered.ToImmutable();
    }
}
