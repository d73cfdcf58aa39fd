using System.Globalization;
using Devoxx.Native.Cgroups;

namespace Devoxx.Images.Build;

/// <summary>Builds with `buildah build` (buildah-build(1)), which needs no daemon, and takes the result over by way of an OCI archive.</summary>
/// <param name="storage">Where it works.</param>
public sealed class BuildahBuilder(string program, BuildStorage storage) : IImageBuilder
{
    public string Name => "buildah";

    public Task<StoredImage> BuildAsync(BuildRequest request, ImageStore store, IProgress<string>? output, CancellationToken cancellation) => storage.UseAsync(
        () => BuildHereAsync(request, store, output, cancellation),
        () => CallAsync(["rm", "--all"], request, null, CancellationToken.None),
        cancellation);

    private async Task<StoredImage> BuildHereAsync(BuildRequest request, ImageStore store, IProgress<string>? output, CancellationToken cancellation)
    {
        using var directory = new BuildDirectory(store.NewWorkspace());
        var dockerfile = directory.Dockerfile(request);
        var bases = await BasesAsync(request, dockerfile, store, directory, cancellation);
        var id = await RunAsync(request, dockerfile, bases, directory, output, cancellation);
        if (!request.NoCache && request.Platform is { } platform && !await IsForAsync(platform, id, request, cancellation))
        {
            // Buildah 1.28's cache does not know platforms apart where a build begins from scratch.
            output?.Report($"the cache has it for another platform than {platform}: building again without it");
            id = await RunAsync(request with { NoCache = true }, dockerfile, bases, directory, output, cancellation);
        }

        // Uncompressed: it goes from one file of this machine to another.
        await CallAsync(["push", "--quiet", "--disable-compression", "--format=docker", id, "docker-archive:" + directory.Archive], request, null, cancellation);
        return await directory.LoadAsync(request, store, cancellation);
    }

    private Task CallAsync(IReadOnlyList<string> arguments, BuildRequest request, IProgress<string>? output, CancellationToken cancellation) =>
        BuildProcess.RunAsync(program, [.. storage.Options, .. arguments], request.Environment, output, cancellation, called: arguments[0]);

    /// <returns>The id that buildah has the result under.</returns>
    private async Task<string> RunAsync(
        BuildRequest request, string? dockerfile, IReadOnlyList<(string Name, string Image)> bases, BuildDirectory directory, IProgress<string>? output, CancellationToken cancellation)
    {
        string[] arguments = ["build", .. Isolation(request), .. Arguments(request, dockerfile, directory.ImageIdFile, bases).Skip(1)];
        await CallAsync(arguments, request, output, cancellation);
        return (await File.ReadAllTextAsync(directory.ImageIdFile, cancellation)).Trim();
    }

    private async Task<bool> IsForAsync(ImagePlatform platform, string id, BuildRequest request, CancellationToken cancellation)
    {
        var made = new LastLine();
        await CallAsync(["inspect", "--type=image", "--format={{.OCIv1.OS}}/{{.OCIv1.Architecture}}", id], request, made, cancellation);
        return ImagePlatform.Parse(made.Text) is var found && found.Os == platform.Os && found.Architecture == platform.Architecture;
    }

    /// <summary>
    /// How the steps are run. Buildah's first choice, crun, refuses hosts with both cgroup versions ("cgroups in hybrid mode not supported"): there it is buildah
    /// itself, by chroot(2), whose steps also end with it when a build is interrupted. What the caller's environment says goes before.
    /// </summary>
    private static IEnumerable<string> Isolation(BuildRequest request)
    {
        string? Variable(string name) => request.Environment is { } own ? own.GetValueOrDefault(name) : Environment.GetEnvironmentVariable(name);
        if (Variable("BUILDAH_ISOLATION") is { Length: > 0 } || Variable("BUILDAH_RUNTIME") is { Length: > 0 } || CgroupHost.Detect().Version != CgroupVersion.Hybrid)
        {
            return [];
        }

        return ["--isolation=chroot"];
    }

    /// <summary>
    /// What each image that the Dockerfile names stands for. One of our store is handed to buildah, which has a storage of its own; other names mean what Docker
    /// takes them for, while buildah would refuse names without a registry.
    /// </summary>
    private async Task<IReadOnlyList<(string Name, string Image)>> BasesAsync(
        BuildRequest request, string? dockerfile, ImageStore store, BuildDirectory directory, CancellationToken cancellation)
    {
        const string image = "docker-image://";
        var bases = new List<(string, string)>();
        foreach (var (name, value) in request.AdditionalContexts)
        {
            if (value.StartsWith(image, StringComparison.Ordinal) && Find(store, value[image.Length..], request) is { } there)
            {
                bases.Add((name, await HandOverAsync(there, request, store, directory, cancellation)));
            }
        }

        var path = dockerfile ?? (Path.IsPathRooted(request.Context) ? Path.Join(request.Context, "Dockerfile") : null);
        if (path is null || !File.Exists(path))
        {
            return bases;
        }

        foreach (var name in BaseImages.Of(await File.ReadAllTextAsync(path, cancellation), argument => request.Args.GetValueOrDefault(argument)))
        {
            if (request.AdditionalContexts.ContainsKey(name) || !ImageReference.TryParse(name, out var reference))
            {
                continue;
            }

            if (!request.Pull && store.Find(reference, request.Platform ?? ImagePlatform.Host) is { } local)
            {
                bases.Add((name, await HandOverAsync(local, request, store, directory, cancellation)));
            }
            else
            {
                bases.Add((name, reference.ToString()));
            }
        }

        return bases;
    }

    private static StoredImage? Find(ImageStore store, string name, BuildRequest request) =>
        ImageReference.TryParse(name, out var reference) && request.Platform is { } platform ? store.Find(reference, platform) : store.Find(name);

    /// <returns>The id that buildah has it under.</returns>
    private async Task<string> HandOverAsync(StoredImage image, BuildRequest request, ImageStore store, BuildDirectory directory, CancellationToken cancellation)
    {
        var id = image.Id[7..];
        try
        {
            await CallAsync(["inspect", "--type=image", "--format={{.FromImageID}}", id], request, null, cancellation);
            return id;
        }
        catch (ImageException)
        {
            // Buildah does not have it yet.
        }

        var archive = directory.BaseArchive(image.Id);
        await using (var file = new FileStream(archive, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1))
        {
            await store.SaveAsync([image.Id], file, cancellation);
        }

        var pulled = new LastLine();
        await CallAsync(["pull", "--quiet", "docker-archive:" + archive], request, pulled, cancellation);
        File.Delete(archive);
        return pulled.Text;
    }

    internal static IEnumerable<string> Arguments(BuildRequest request, string? dockerfile, string imageIdFile, IReadOnlyList<(string Name, string Image)> bases)
    {
        yield return "build";

        // Docker's format, as OCI's has no health checks and no default shell.
        yield return "--format=docker";
        yield return "--layers";
        yield return $"--iidfile={imageIdFile}";
        if (dockerfile is not null)
        {
            yield return $"--file={dockerfile}";
        }

        foreach (var (name, value) in request.Args)
        {
            yield return value is null ? $"--build-arg={name}" : $"--build-arg={name}={value}";
        }

        foreach (var (name, value) in request.Labels)
        {
            yield return $"--label={name}={value}";
        }

        foreach (var (name, value) in request.AdditionalContexts.Where(context => bases.All(given => given.Name != context.Key)))
        {
            yield return $"--build-context={name}={value}";
        }

        foreach (var (name, image) in bases)
        {
            yield return $"--build-context={name}=docker-image://{image}";
        }

        if (request.Target is not null)
        {
            yield return $"--target={request.Target}";
        }

        foreach (var cache in request.CacheFrom)
        {
            yield return $"--cache-from={cache}";
        }

        foreach (var cache in request.CacheTo)
        {
            yield return $"--cache-to={cache}";
        }

        foreach (var secret in request.Secrets)
        {
            yield return secret.File is not null ? $"--secret=id={secret.Id},src={secret.File}" : $"--secret=id={secret.Id},env={secret.EnvironmentVariable}";
        }

        foreach (var ssh in request.Ssh)
        {
            yield return $"--ssh={ssh}";
        }

        if (request.Platform is not null)
        {
            yield return $"--platform={request.Platform}";
        }

        if (request.Network is not null)
        {
            yield return $"--network={request.Network}";
        }

        foreach (var host in request.ExtraHosts)
        {
            yield return $"--add-host={host}";
        }

        if (request.ShmSize is { } size)
        {
            yield return $"--shm-size={size.ToString(CultureInfo.InvariantCulture)}b";
        }

        foreach (var ulimit in request.Ulimits)
        {
            yield return $"--ulimit={ulimit}";
        }

        if (request.Memory is { } memory)
        {
            yield return $"--memory={memory.ToString(CultureInfo.InvariantCulture)}b";
        }

        if (request.NoCache)
        {
            yield return "--no-cache";
        }

        // The image of a FROM is fetched when it is missing, or always looked for.
        yield return request.Pull ? "--pull-always" : "--pull";
        yield return request.Context;
    }

    private sealed class LastLine : IProgress<string>
    {
        public string Text { get; private set; } = "";

        public void Report(string value) => Text = value.Length > 0 ? value : Text;
    }
}
