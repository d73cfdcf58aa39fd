using System.Globalization;

namespace Devoxx.Images.Build;

/// <summary>Builds with `buildah build` (buildah-build(1)), which needs no daemon, and takes the result over by way of an OCI archive.</summary>
public sealed class BuildahBuilder(string program) : IImageBuilder
{
    public string Name => "buildah";

    public async Task<StoredImage> BuildAsync(BuildRequest request, ImageStore store, IProgress<string>? output, CancellationToken cancellation)
    {
        using var directory = new BuildDirectory();
        var dockerfile = directory.Dockerfile(request);
        await BuildProcess.RunAsync(program, [.. Arguments(request, dockerfile, directory.ImageIdFile)], output, cancellation);
        var id = (await File.ReadAllTextAsync(directory.ImageIdFile, cancellation)).Trim();

        // Uncompressed: it goes from one file of this machine to another.
        await BuildProcess.RunAsync(program, ["push", "--quiet", "--disable-compression", "--format=docker", id, "docker-archive:" + directory.Archive], output, cancellation);
        return await directory.LoadAsync(request, store, cancellation);
    }

    internal static IEnumerable<string> Arguments(BuildRequest request, string? dockerfile, string imageIdFile)
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

        foreach (var (name, value) in request.AdditionalContexts)
        {
            yield return $"--build-context={name}={value}";
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

        if (request.NoCache)
        {
            yield return "--no-cache";
        }

        // The image of a FROM is fetched when it is missing, or always looked for.
        yield return request.Pull ? "--pull-always" : "--pull";
        yield return request.Context;
    }
}
