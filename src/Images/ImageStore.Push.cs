using System.IO.Compression;
using System.Text.Json;
using Devoxx.Images.Archives;
using Devoxx.Images.Registry;
using Devoxx.Images.Storage;
using Devoxx.Oci;

namespace Devoxx.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Pushes the image of this name, or the images of all platforms and the index that leads to them. What the registry has already is not sent; an image that came from a registry and is all there goes under its old digest.
    /// </summary>
    /// <returns>The digest that the registry has it under.</returns>
    /// <exception cref="ImageNotFoundException">No such image.</exception>
    /// <exception cref="ImageException">The registry is not to be reached, or refuses.</exception>
    public async Task<Digest> PushAsync(ImageReference reference, PullOptions? options = null, IProgress<PullProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new PullOptions();
        if (reference.Tag is null)
        {
            throw new ImageException($"{reference} cannot be pushed: name it with a tag");
        }

        using var workspace = Workspace.Create(_layout);
        var (record, sets) = Claim(workspace, reference.ToString());
        var set = sets.Where(member => member.Reference == reference.ToString()).Select(member => member.Image).ToList();

        // Mirrors are for reading: what is pushed goes to the registry itself.
        var endpoint = (options.Registries ?? RegistriesConfiguration.Load(options.Variable)).EndpointsOf(reference)[^1];
        using var connection = new RegistryConnection(reference, endpoint, options, new Credentials(options.Variable), "pull,push")
        {
            Retrying = message => progress?.Report(new PullProgress(reference.Familiar, null, PullPhase.Retrying, Message: message)),
        };
        var upload = new ImageUpload(connection);
        Digest digest;
        if (set.Count < 2)
        {
            var (manifest, type) = await PushContentAsync(workspace, upload, reference, record, progress, cancellation);
            await upload.PutManifestAsync(manifest, type, reference.Tag, cancellation);
            digest = Digest.Sha256Of(manifest);
        }
        else
        {
            var manifests = new List<Descriptor>();
            foreach (var member in set)
            {
                var (manifest, type) = await PushContentAsync(workspace, upload, reference, member, progress, cancellation);
                var pushed = Digest.Sha256Of(manifest);
                await upload.PutManifestAsync(manifest, type, pushed.ToString(), cancellation);
                manifests.Add(new Descriptor { MediaType = type, Digest = pushed.ToString(), Size = manifest.Length, Platform = PlatformOf(member) });
            }

            // Last: whoever pulls the name meanwhile finds what it stood for before, or all of this.
            var index = IndexOf(manifests);
            await upload.PutManifestAsync(index, Manifests.OciIndex, reference.Tag, cancellation);
            digest = Digest.Sha256Of(index);
        }

        _index.Update(index => index.Images.Find(existing => existing.Id == record.Id) is { } there
            ? Put(index, there with { References = [], Digests = [$"{reference.Name}@{digest}"] })
            : (index, record));
        progress?.Report(new PullProgress(reference.Familiar, null, PullPhase.Done, Message: digest.ToString()));
        return digest;
    }

    /// <summary>All of an image but its manifest, which is returned, and kept so that it is the same next time.</summary>
    private async Task<(byte[] Manifest, string Type)> PushContentAsync(
        Workspace workspace, ImageUpload upload, ImageReference reference, ImageRecord record, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        var image = Portable(workspace, record);
        var original = record.ManifestDigest is { } known ? _blobs.Read(Digest.Parse(known)) : null;
        var originalManifest = original is null ? null : JsonSerializer.Deserialize(original, OciJson.Default.ImageManifest);
        var elsewhere = record.Digests.Select(ImageReference.Parse).FirstOrDefault(name => name.Domain == reference.Domain && name.Path != reference.Path)?.Path;

        var layers = new Descriptor[image.Layers.Length];
        for (var i = 0; i < layers.Length; i++)
        {
            var former = originalManifest?.Layers is { } list && list.Count == layers.Length ? list[i] : null;
            layers[i] = await PushLayerAsync(workspace, upload, reference, image.Layers[i], former, elsewhere, progress, cancellation);
        }

        var configuration = new Descriptor { MediaType = Manifests.OciConfiguration, Digest = Digest.Sha256Of(image.Configuration).ToString(), Size = image.Configuration.Length };
        if (!await upload.HasAsync(configuration.Digest, cancellation))
        {
            await upload.SendAsync(configuration.Digest, configuration.Size, () => new MemoryStream(image.Configuration), null, cancellation);
        }

        var (manifest, type) = original is not null && originalManifest!.Config?.Digest == configuration.Digest && layers.SequenceEqual(originalManifest.Layers ?? [])
            ? (original, originalManifest.MediaType ?? Manifests.OciManifest)
            : (JsonSerializer.SerializeToUtf8Bytes(
                new ImageManifest { SchemaVersion = 2, MediaType = Manifests.OciManifest, Config = configuration, Layers = [.. layers.Select(Manifests.InOci)] }, OciJson.Default.ImageManifest),
                Manifests.OciManifest);
        var digest = Digest.Sha256Of(manifest).ToString();
        _index.Update(index =>
        {
            if (index.Images.Find(existing => existing.Id == record.Id) is not { } there)
            {
                return (index, record);
            }

            _blobs.Add(manifest);
            return Put(index, there with { References = [], Digests = [], ManifestDigest = digest });
        });
        Sweep([record]);
        return (manifest, type);
    }

    private async Task<Descriptor> PushLayerAsync(
        Workspace workspace, ImageUpload upload, ImageReference reference, PortableLayer layer, Descriptor? former, string? elsewhere, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        if (former is not null && layer.Packed is null
            && (await upload.HasAsync(former.Digest, cancellation) || (elsewhere is not null && await upload.MountAsync(former.Digest, elsewhere, cancellation))))
        {
            progress?.Report(new PullProgress(reference.Familiar, Digest.Parse(former.Digest).Short, PullPhase.AlreadyExists, former.Size, former.Size));
            return former;
        }

        // Its digest must be known before it can be offered, so it is compressed into a file first.
        var path = workspace.NewPath();
        var descriptor = await OnOwnThread(() =>
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
            using var hashed = new HashingWriteStream(file);
            using (var gzip = new GZipStream(hashed, CompressionLevel.Fastest, leaveOpen: true))
            {
                WriteArchive(layer, gzip);
            }

            return new Descriptor { MediaType = Manifests.OciGzipLayer, Digest = hashed.Digest().ToString(), Size = hashed.Count };
        });
        var name = Digest.Parse(descriptor.Digest).Short;
        if (await upload.HasAsync(descriptor.Digest, cancellation))
        {
            progress?.Report(new PullProgress(reference.Familiar, name, PullPhase.AlreadyExists, descriptor.Size, descriptor.Size));
        }
        else
        {
            var report = Throttled(bytes => progress?.Report(new PullProgress(reference.Familiar, name, PullPhase.Uploading, bytes, descriptor.Size)));
            await upload.SendAsync(descriptor.Digest, descriptor.Size, () => File.OpenRead(path), report, cancellation);
            progress?.Report(new PullProgress(reference.Familiar, name, PullPhase.Done, descriptor.Size, descriptor.Size));
        }

        File.Delete(path);
        return descriptor;
    }
}
