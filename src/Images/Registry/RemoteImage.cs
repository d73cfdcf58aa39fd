using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devoxx.Images.Storage;
using Devoxx.Oci;

namespace Devoxx.Images.Registry;

/// <summary>What a registry has for a name, verified: all but the layers themselves.</summary>
/// <param name="Digest">What the name stands for: of the index where there is one.</param>
/// <param name="Manifest">The manifest's bytes, for this platform.</param>
/// <param name="Configuration">Its bytes.</param>
/// <param name="Layers">Base first, as many as the configuration has diff ids.</param>
internal sealed record RemoteImage(Digest Digest, byte[] Manifest, byte[] Configuration, ImmutableArray<Descriptor> Layers, ImmutableArray<string> DiffIds, ImagePlatform Platform);

/// <summary>Finds out what a name stands for.</summary>
internal sealed class ImageResolver(RegistryConnection connection, ImageReference reference, ImagePlatform platform)
{
    private const int DeepestIndex = 3;
    private const string SchemaOne = "application/vnd.docker.distribution.manifest.v1";

    private static readonly string[] Accepted = [Manifests.OciIndex, Manifests.OciManifest, Manifests.DockerList, Manifests.DockerManifest];

    /// <summary>The digest that the registry has the name under, without its content, which registries count; null when it does not say.</summary>
    public async Task<Digest?> DigestAsync(CancellationToken cancellation)
    {
        using var response = await connection.SendAsync(HttpMethod.Head, $"manifests/{reference.Tag}", Accept, [HttpStatusCode.MethodNotAllowed], cancellation);
        return response.Headers.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.FirstOrDefault(), out var digest) ? digest : null;
    }

    /// <summary>The digest that the name stands for, of the index where there is one; from the manifest itself where the registry does not say it otherwise.</summary>
    /// <exception cref="ImageException">Not there, or no image manifest.</exception>
    public async Task<Digest> TopDigestAsync(CancellationToken cancellation) =>
        await DigestAsync(cancellation) ?? (await ManifestAsync(null, null, cancellation)).Digest;

    /// <exception cref="ImageException">Not there, not for this platform, damaged, or malicious.</exception>
    public async Task<RemoteImage> ResolveAsync(CancellationToken cancellation)
    {
        var (content, type, digest) = await ManifestAsync(reference.Digest, null, cancellation);
        var top = digest;
        var chosen = false;
        for (var depth = 0; Manifests.IsIndex(type); depth++)
        {
            if (depth == DeepestIndex)
            {
                throw new ImageException($"the indexes of {reference.Familiar} are nested too deeply");
            }

            var index = Parse(content, OciJson.Default.ImageIndex, digest);
            Manifests.Check(index);
            var descriptor = Manifests.Choose(index, platform);
            chosen |= descriptor.Platform is not null;
            (content, type, digest) = await ManifestAsync(Digest.Parse(descriptor.Digest), descriptor.Size, cancellation);
        }

        var manifest = Parse(content, OciJson.Default.ImageManifest, digest);
        Manifests.Check(manifest);
        ImageArtifacts.Refuse(manifest, reference.Familiar);
        var configuration = await DocumentAsync(manifest.Config!, cancellation);
        var parsed = Parse(configuration, OciJson.Default.ImageConfiguration, Digest.Parse(manifest.Config!.Digest));
        var layers = manifest.Layers ?? [];
        var diffIds = parsed.Rootfs?.DiffIds ?? [];
        if (layers.Count != diffIds.Count)
        {
            throw new ImageException($"{reference.Familiar} is no image that can be run: it has {layers.Count} layers, but its configuration is of {diffIds.Count}");
        }

        var made = ImagePlatform.Normalise(parsed.Os is { Length: > 0 } os ? os : "linux", parsed.Architecture is { Length: > 0 } architecture ? architecture : platform.Architecture, parsed.Variant);
        if (made.Os != platform.Os || (!chosen && platform != ImagePlatform.Host && platform.Distance(made) is null))
        {
            throw new ImageException($"{reference.Familiar} is not made for {platform}, but for {made}");
        }

        return new RemoteImage(top, content, configuration, [.. layers], [.. diffIds], made);
    }

    /// <param name="size">Bytes, where an index says how many.</param>
    private async Task<(byte[] Content, string Type, Digest Digest)> ManifestAsync(Digest? expected, long? size, CancellationToken cancellation)
    {
        var (content, type) = await SmallDocument.FetchAsync(
            connection, reference, $"manifests/{expected?.ToString() ?? reference.Tag}", Accept, BlobStore.LargestDocument, "manifest", cancellation);
        if (expected is not null && (!expected.Matches(content) || (size ?? content.Length) != content.Length))
        {
            throw new DigestMismatchException($"{connection.Host} gives something else for the manifest {expected}{(size is null || size == content.Length ? "" : $": {content.Length} bytes, not {size}")}");
        }

        // The header and the document must agree, or the same bytes could be read in two ways (CVE-2021-41190).
        var inside = MediaTypeOf(content);
        if (type?.StartsWith(SchemaOne, StringComparison.Ordinal) == true)
        {
            throw new ImageException($"{connection.Host} has {reference.Familiar} in Docker's schema 1 only, out of use since 2017; push it again with a current tool");
        }

        if (type is not null && !Manifests.IsIndex(type) && !Manifests.IsManifest(type))
        {
            type = inside ?? throw new ImageException($"{connection.Host} gives '{type}' for {reference.Familiar}, which is no image manifest");
        }

        type ??= inside;
        if (type is null || (inside is not null && inside != type) || !(Manifests.IsIndex(type) || Manifests.IsManifest(type)))
        {
            throw new ImageException($"{connection.Host} gives a manifest for {reference.Familiar} whose type is {(inside is null ? "missing" : $"'{inside}' inside and '{type}' outside")}; it is refused");
        }

        return (content, type, expected ?? Digest.Sha256Of(content));
    }

    private async Task<byte[]> DocumentAsync(Descriptor descriptor, CancellationToken cancellation)
    {
        var digest = Digest.Parse(descriptor.Digest);
        if (descriptor.Size is < 0 or > BlobStore.LargestDocument)
        {
            throw new ImageException($"the configuration of {reference.Familiar} has {descriptor.Size} bytes, more than any real one");
        }

        var (content, _) = await SmallDocument.FetchAsync(connection, reference, $"blobs/{digest}", null, (int)descriptor.Size, "configuration", cancellation);
        return content.Length == descriptor.Size && digest.Matches(content) ? content
            : throw new DigestMismatchException($"{connection.Host} gives something else for the configuration {digest}");
    }

    private static void Accept(HttpRequestMessage request)
    {
        foreach (var type in Accepted)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }
    }

    /// <summary>Only the type is looked at: whether the rest is right is seen when it is read as what it says to be.</summary>
    private string? MediaTypeOf(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("mediaType", out var type) ? type.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ImageException($"{connection.Host} gives a manifest for {reference.Familiar} that is no JSON", exception);
        }
    }

    private T Parse<T>(byte[] json, JsonTypeInfo<T> type, Digest digest)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ImageException($"{digest} of {reference.Familiar} is empty");
        }
        catch (JsonException exception)
        {
            throw new ImageException($"{digest} of {reference.Familiar} is damaged at {exception.Path}", exception);
        }
    }
}
