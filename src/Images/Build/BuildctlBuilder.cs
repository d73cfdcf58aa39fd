namespace Devoxx.Images.Build;

/// <summary>Builds with BuildKit's daemon through `buildctl build` (BuildKit, docs/reference/buildctl.md), the result coming out as an archive.</summary>
public sealed class BuildctlBuilder(string program) : IImageBuilder
{
    public string Name => "buildctl";

    public async Task<StoredImage> BuildAsync(BuildRequest request, ImageStore store, IProgress<string>? output, CancellationToken cancellation)
    {
        if (request.Memory is not null)
        {
            throw new ImageException("BuildKit does not limit the memory of a build; leave --memory out, or build with buildah (DEVOXX_BUILDER=buildah)");
        }

        using var directory = new BuildDirectory(store.NewWorkspace());
        await BuildProcess.RunAsync(program, [.. Arguments(request, directory.Dockerfile(request), directory.Archive)], request.Environment, output, cancellation);
        return await directory.LoadAsync(request, store, cancellation);
    }

    internal static IEnumerable<string> Arguments(BuildRequest request, string? dockerfile, string archive)
    {
        yield return "build";
        yield return "--frontend=dockerfile.v0";
        yield return "--progress=plain";
        var file = dockerfile ?? "Dockerfile";
        if (request.Context.Contains("://", StringComparison.Ordinal) || request.Context.StartsWith("git@", StringComparison.Ordinal))
        {
            yield return $"--opt=context={request.Context}";
            if (dockerfile is not null && !Path.IsPathRooted(dockerfile))
            {
                yield return $"--opt=filename={dockerfile}";
            }
            else if (dockerfile is not null)
            {
                yield return $"--local=dockerfile={Path.GetDirectoryName(dockerfile)}";
                yield return $"--opt=filename={Path.GetFileName(dockerfile)}";
            }
        }
        else
        {
            var path = Path.Join(request.Context, file);
            path = Path.IsPathRooted(file) ? file : path;
            yield return $"--local=context={request.Context}";
            yield return $"--local=dockerfile={Path.GetDirectoryName(path)}";
            yield return $"--opt=filename={Path.GetFileName(path)}";
        }

        foreach (var (name, value) in request.Args)
        {
            if ((value ?? (request.Environment is { } own ? own.GetValueOrDefault(name) : Environment.GetEnvironmentVariable(name))) is { } given)
            {
                yield return $"--opt=build-arg:{name}={given}";
            }
        }

        foreach (var (name, value) in request.Labels)
        {
            yield return $"--opt=label:{name}={value}";
        }

        foreach (var (name, value) in request.AdditionalContexts)
        {
            var local = Path.IsPathRooted(value);
            yield return local ? $"--local=context-{name}={value}" : $"--opt=context:{name}={value}";
            if (local)
            {
                yield return $"--opt=context:{name}=local:context-{name}";
            }
        }

        if (request.Target is not null)
        {
            yield return $"--opt=target={request.Target}";
        }

        foreach (var cache in request.CacheFrom)
        {
            yield return "--import-cache=" + (cache.Contains("type=", StringComparison.Ordinal) ? cache : "type=registry,ref=" + cache);
        }

        foreach (var cache in request.CacheTo)
        {
            yield return "--export-cache=" + (cache.Contains("type=", StringComparison.Ordinal) ? cache : "type=registry,ref=" + cache);
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
            yield return $"--opt=platform={request.Platform}";
        }

        if (request.Network is not null)
        {
            yield return $"--opt=force-network-mode={request.Network}";
            if (request.Network == "host")
            {
                yield return "--allow=network.host";
            }
        }

        if (!request.ExtraHosts.IsEmpty)
        {
            yield return $"--opt=add-hosts={string.Join(',', request.ExtraHosts.Select(host => host.Replace(':', '=')))}";
        }

        if (request.ShmSize is { } size)
        {
            yield return $"--opt=shm-size={size}";
        }

        if (!request.Ulimits.IsEmpty)
        {
            yield return $"--opt=ulimit={string.Join(',', request.Ulimits)}";
        }

        if (request.NoCache)
        {
            yield return "--no-cache";
        }

        if (request.Pull)
        {
            yield return "--opt=image-resolve-mode=pull";
        }

        yield return $"--output=type=docker,dest={archive}";
    }
}
