using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Devoxx.Images.Tests;

/// <summary>An image made by hand, and the archives that tools would make of it.</summary>
internal sealed record TestImage(params byte[][] Layers)
{
    public JsonObject Config { get; init; } = new() { ["Cmd"] = new JsonArray("/bin/sh") };

    public Func<byte[], byte[]> Compress { get; init; } = bytes => bytes;

    /// <summary>The configuration in place of its own.</summary>
    public string? Forged { get; init; }

    public byte[] Configuration => Encoding.UTF8.GetBytes(Forged ?? new JsonObject
    {
        ["created"] = "2024-01-02T03:04:05Z",
        ["architecture"] = ImagePlatform.Host.Architecture,
        ["os"] = "linux",
        ["config"] = Config.DeepClone(),
        ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. Layers.Select(layer => (JsonNode)Sha(layer))]) },
    }.ToJsonString());

    public string Id => Sha(Configuration);

    public static string Sha(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static byte[] Gzip(byte[] bytes)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }

    public static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor(3);
        return compressor.Wrap(bytes).ToArray();
    }

    /// <summary>As `docker save` before version 25 writes it: manifest.json last, a layer that occurs twice as a link.</summary>
    public byte[] DockerArchive(params string[] tags)
    {
        var tar = new TarBuilder();
        var paths = new List<string>();
        for (var i = 0; i < Layers.Length; i++)
        {
            var same = Array.FindIndex(Layers, layer => layer.AsSpan().SequenceEqual(Layers[i]));
            tar.Directory($"l{i}/").File($"l{i}/VERSION", "1.0").File($"l{i}/json", "{}");
            if (same < i)
            {
                tar.Symlink($"l{i}/layer.tar", $"../l{same}/layer.tar");
            }
            else
            {
                tar.Entry('0', $"l{i}/layer.tar", content: Compress(Layers[i]));
            }

            paths.Add($"l{i}/layer.tar");
        }

        var config = Id[7..] + ".json";
        var manifest = new JsonArray(new JsonObject
        {
            ["Config"] = config,
            ["RepoTags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]),
            ["Layers"] = new JsonArray([.. paths.Select(path => (JsonNode)path)]),
        });
        return tar.Entry('0', config, content: Configuration).File("manifest.json", manifest.ToJsonString()).File("repositories", "{}").Bytes();
    }

    /// <summary>As `skopeo copy … oci-archive:` writes it.</summary>
    public byte[] OciArchive(string? name, Func<string, string>? forge = null)
    {
        var tar = new TarBuilder().File("oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        var blobs = Layers.Select(Compress).ToArray();
        foreach (var blob in blobs.DistinctBy(Sha))
        {
            tar.Entry('0', "blobs/sha256/" + Sha(blob)[7..], content: blob);
        }

        var manifest = Encoding.UTF8.GetBytes(forge?.Invoke(Manifest(blobs)) ?? Manifest(blobs));
        var descriptor = Descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
        if (name is not null)
        {
            descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = name };
        }

        var index = new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(descriptor) };
        return tar.Entry('0', "blobs/sha256/" + Id[7..], content: Configuration).Entry('0', "blobs/sha256/" + Sha(manifest)[7..], content: manifest)
            .File("index.json", index.ToJsonString()).Bytes();
    }

    public string Manifest(byte[][] blobs) => new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
        ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", Configuration),
        ["layers"] = new JsonArray([.. blobs.Select(blob => (JsonNode)Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", blob))]),
    }.ToJsonString();

    public static JsonObject Descriptor(string type, byte[] content) => new() { ["mediaType"] = type, ["digest"] = Sha(content), ["size"] = content.Length };
}
