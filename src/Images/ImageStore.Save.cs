using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Images.Archives;
using Devoxx.Images.Layers;
using Devoxx.Images.Storage;
using Devoxx.Oci;

namespace Devoxx.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Writes images as `docker save` does since version 25: an OCI layout in a tar with a manifest.json beside it, so that `docker load`, podman, skopeo and
    /// <see cref="LoadAsync"/> all read it. Layers are the very archives that were pulled or loaded, bit by bit.
    /// </summary>
    /// <param name="output">Need not seek.</param>
    /// <exception cref="ImageNotFoundException">No such image; nothing was written.</exception>
    /// <exception cref="ImageException">A layer has been changed on disk.</exception>
    public Task SaveAsync(IReadOnlyList<string> namesOrIds, Stream output, CancellationToken cancellation = default) => OnOwnThread(() =>
    {
        using var workspace = Workspace.Create(_layout);
        var chosen = namesOrIds.Select(name => Claim(workspace, name) is var (image, set) ? (Name: name, Image: image, Set: set) : default).ToList();
        var buffered = new BufferedStream(output is FileStream or MemoryStream ? output : new BlockingWriteStream(output, cancellation), 128 << 10);
        var tar = new TarWriter(buffered);
        tar.Directory("blobs");
        tar.Directory("blobs/sha256");
        var written = new HashSet<string>();
        var descriptors = new List<Descriptor>();
        var dockers = new List<DockerManifest>();
        foreach (var group in chosen.GroupBy(pair => pair.Image.Id))
        {
            var (manifest, docker) = One(group.First().Image);

            // A name asks for that name only, an id for all names that the image has.
            var named = group.SelectMany(pair => ImageReference.TryParse(pair.Name, out var reference) && reference.Digest is null && group.First().Image.References.Contains(reference.ToString())
                ? [reference] : group.First().Image.References.Select(ImageReference.Parse)).DistinctBy(name => name.ToString()).ToList();
            var whole = group.Where(pair => ImageReference.TryParse(pair.Name, out _)).SelectMany(pair => pair.Set).ToLookup(member => member.Reference, member => member.Image);
            descriptors.AddRange(named.Count == 0 ? [manifest] : named.Select(name => (whole[name.ToString()].ToList() is { Count: > 1 } set ? Several(set) : manifest) with
            {
                Annotations = new Dictionary<string, string> { ["io.containerd.image.name"] = name.ToString(), ["org.opencontainers.image.ref.name"] = name.ToString() },
            }));
            dockers.Add(docker with { RepoTags = [.. named.Select(name => name.Familiar)] });
        }

        tar.File("index.json", JsonSerializer.SerializeToUtf8Bytes(new ImageIndex { SchemaVersion = 2, MediaType = Manifests.OciIndex, Manifests = descriptors }, OciJson.Default.ImageIndex));
        tar.File("manifest.json", JsonSerializer.SerializeToUtf8Bytes(dockers.ToArray(), DockerArchiveJson.Default.DockerManifestArray));
        tar.File("oci-layout", JsonSerializer.SerializeToUtf8Bytes(new ImageLayout(), OciJson.Default.ImageLayout));
        tar.End();
        buffered.Flush();
        return true;

        (Descriptor Manifest, DockerManifest Docker) One(ImageRecord record)
        {
            var image = Portable(workspace, record);
            foreach (var layer in image.Layers)
            {
                cancellation.ThrowIfCancellationRequested();
                if (written.Add(layer.Digest))
                {
                    WriteLayer(tar, buffered, layer);
                }
            }

            var manifest = Document(tar, written, Manifests.OciManifest, JsonSerializer.SerializeToUtf8Bytes(
                new ImageManifest
                {
                    SchemaVersion = 2,
                    MediaType = Manifests.OciManifest,
                    Config = Document(tar, written, Manifests.OciConfiguration, image.Configuration),
                    Layers = [.. image.Layers.Select(layer => new Descriptor { MediaType = Manifests.OciLayer, Digest = layer.Digest, Size = layer.Size })],
                },
                OciJson.Default.ImageManifest));
            return (manifest, new DockerManifest
            {
                Config = "blobs/sha256/" + Digest.Sha256Of(image.Configuration).Hex,
                Layers = [.. image.Layers.Select(layer => "blobs/sha256/" + layer.Digest[7..])],
            });
        }

        // `docker load` before version 25 reads manifest.json, where the one for this machine stands; all others read them all.
        Descriptor Several(IReadOnlyList<ImageRecord> set) => Document(tar, written, Manifests.OciIndex, IndexOf(set.Select(record => One(record).Manifest with { Platform = PlatformOf(record) })));
    });

    private static byte[] IndexOf(IEnumerable<Descriptor> manifests) =>
        JsonSerializer.SerializeToUtf8Bytes(new ImageIndex { SchemaVersion = 2, MediaType = Manifests.OciIndex, Manifests = [.. manifests] }, OciJson.Default.ImageIndex);

    private static Platform PlatformOf(ImageRecord record) =>
        ImagePlatform.Parse(record.Platform) is var platform ? new Platform { Os = platform.Os, Architecture = platform.Architecture, Variant = platform.Variant } : null!;

    /// <summary>Finds an image and claims its layers, so that nobody removes them meanwhile; and those of the images that the name stands for beside it.</summary>
    private (ImageRecord Image, ImmutableArray<(string Reference, ImageRecord Image)> Set) Claim(Workspace workspace, string nameOrId) => _index.Update(index =>
    {
        var image = FindRecord(index, nameOrId) ?? throw new ImageNotFoundException(nameOrId);
        ImmutableArray<(string, ImageRecord)> set =
        [
            .. index.Sets.Where(set => image.References.Contains(set.Reference))
                .SelectMany(set => set.Images.Select(id => (set.Reference, index.Images.Find(member => member.Id == id)!))),
        ];
        foreach (var layer in set.Select(member => member.Item2).Append(image).SelectMany(member => member.Layers).Distinct())
        {
            workspace.Lease(layer);
        }

        return (index, (image, set));
    });

    /// <summary>The image as it can be written: with layers whose archives exist or can be made.</summary>
    private PortableImage Portable(Workspace workspace, ImageRecord image)
    {
        var index = _index.Read();
        var layers = image.Layers.Select(number => index.Layers.Find(layer => layer.Number == number) ?? throw new ImageNotFoundException(image.Id)).ToList();
        var configuration = _blobs.Read(Digest.Parse(image.Id));
        var portable = layers.ConvertAll(layer => layer.HasSkeleton ? new PortableLayer(layer.DiffId, layer.ArchiveBytes, layer, null) : Packed(workspace, layer));
        if (layers.TrueForAll(layer => layer.HasSkeleton))
        {
            return new PortableImage(configuration, [.. portable]);
        }

        // An archive with a file twice cannot be made again. A new one has another digest, and so the image another id.
        var changed = ParseConfiguration(configuration) with { Rootfs = new RootFs { DiffIds = [.. portable.Select(layer => layer.Digest)] } };
        return new PortableImage(JsonSerializer.SerializeToUtf8Bytes(changed, OciJson.Default.ImageConfiguration), [.. portable]);
    }

    private PortableLayer Packed(Workspace workspace, LayerRecord layer)
    {
        var path = workspace.NewPath();
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 << 10);
        using var hashed = new HashingWriteStream(file);
        new LayerPacker(hashed).Pack(_layout.Layer(layer.Number), CancellationToken.None);
        return new PortableLayer(hashed.Digest().ToString(), hashed.Count, layer, path);
    }

    private void WriteLayer(TarWriter tar, Stream output, PortableLayer layer)
    {
        tar.Header(new TarEntry { Name = System.Text.Encoding.ASCII.GetBytes("blobs/sha256/" + layer.Digest[7..]), Type = TarEntryType.RegularFile, Mode = 0b110_100_100, PayloadSize = layer.Size });
        WriteArchive(layer, output);
        tar.Pad(layer.Size);
    }

    private void WriteArchive(PortableLayer layer, Stream output)
    {
        if (layer.Packed is null)
        {
            LayerArchive.Write(_layout, layer.Record, output);
            return;
        }

        using var packed = File.OpenRead(layer.Packed);
        packed.CopyTo(output, 128 << 10);
    }

    private static Descriptor Document(TarWriter tar, HashSet<string> written, string mediaType, byte[] content)
    {
        var digest = Digest.Sha256Of(content);
        if (written.Add(digest.ToString()))
        {
            tar.File("blobs/sha256/" + digest.Hex, content);
        }

        return new Descriptor { MediaType = mediaType, Digest = digest.ToString(), Size = content.Length };
    }

    /// <param name="Digest">Of the uncompressed archive.</param>
    /// <param name="Size">Bytes of the uncompressed archive.</param>
    /// <param name="Packed">A file of the workspace that has the archive, when it had to be made anew.</param>
    private sealed record PortableLayer(string Digest, long Size, LayerRecord Record, string? Packed);

    private sealed record PortableImage(byte[] Configuration, ImmutableArray<PortableLayer> Layers);
}
