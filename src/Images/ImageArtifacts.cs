using Devoxx.Oci;

namespace Devoxx.Images;

/// <summary>Registries keep much that is no image of a container (image-spec, manifest.md, "Guidelines for Artifact Usage"): it is refused by its own name. Pure.</summary>
internal static class ImageArtifacts
{
    private const string Empty = "application/vnd.oci.empty.v1+json";

    /// <exception cref="ImageException">It is something else than an image, or has layers that no filesystem can be made of.</exception>
    public static void Refuse(ImageManifest manifest, string name)
    {
        if (manifest.ArtifactType is { Length: > 0 } artifact && manifest.Config?.MediaType is Empty)
        {
            throw Artifact(name, artifact);
        }

        // "octet-stream" is what Docker 1.10 called the configuration.
        if (manifest.Config?.MediaType is { } type and not (Manifests.OciConfiguration or "application/vnd.docker.container.image.v1+json" or "application/octet-stream"))
        {
            throw Artifact(name, type == Empty ? manifest.Layers?.FirstOrDefault()?.MediaType ?? type : type);
        }

        foreach (var layer in manifest.Layers ?? [])
        {
            if (layer.MediaType.EndsWith("+encrypted", StringComparison.Ordinal))
            {
                throw new ImageException($"{name} has a layer that is encrypted ({layer.MediaType}); decrypt the image first, e.g. with `skopeo copy --decryption-key`");
            }

            if (!IsLayer(layer.MediaType))
            {
                throw Artifact(name, layer.MediaType);
            }
        }
    }

    /// <summary>Compression is seen from the bytes; what matters is that it is a tar.</summary>
    private static bool IsLayer(string type) =>
        type.StartsWith("application/vnd.oci.image.layer.", StringComparison.Ordinal) || type.StartsWith("application/vnd.docker.image.rootfs.", StringComparison.Ordinal)
        || type is "application/octet-stream" or "application/vnd.docker.container.image.rootfs.diff+x-gtar";

    private static ImageException Artifact(string name, string type) => new(
        $"{name} is no image of a container, but {Kind(type)} ({type}): there is nothing in it that could be run");

    private static string Kind(string type) => type switch
    {
        _ when type.Contains("helm", StringComparison.Ordinal) => "a Helm chart",
        "application/vnd.docker.plugin.v1+json" => "a Docker plugin",
        _ when type.Contains("in-toto", StringComparison.Ordinal) => "an attestation",
        _ when type.Contains("cosign", StringComparison.Ordinal) => "a signature",
        _ when type.Contains("wasm", StringComparison.Ordinal) => "a WebAssembly module",
        _ when type.Contains("docker.compose", StringComparison.Ordinal) => "a Compose file",
        _ => "another kind of artifact",
    };
}
