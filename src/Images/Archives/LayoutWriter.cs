using System.Text;
using System.Text.Json;
using Devoxx.Native.Files;
using Devoxx.Oci;

namespace Devoxx.Images.Archives;

/// <summary>
/// Writes images into an OCI layout in a directory (image-spec, image-layout.md), beside those that it has: blobs first, the index last and at once, so that whoever
/// reads it meanwhile, or after a crash, finds it as it was.
/// </summary>
public static class LayoutWriter
{
    private const string NameAnnotation = "org.opencontainers.image.ref.name";
    private const string FullNameAnnotation = "io.containerd.image.name";

    /// <param name="archive">What <see cref="ImageStore.SaveAsync"/> has written; need not seek.</param>
    /// <param name="directory">Made when it is not there.</param>
    /// <param name="tag">What the one image is called in the layout; null: by its own names.</param>
    /// <exception cref="ImageException">The archive is damaged or has several images for one tag; or the directory is something else than a layout.</exception>
    /// <exception cref="IOException">It cannot be written; the layout has still what it had.</exception>
    public static Task WriteAsync(Stream archive, string directory, string? tag, CancellationToken cancellation = default) => Task.Factory.StartNew(
        () => Write(archive is FileStream or MemoryStream ? archive : new BlockingStream(archive, cancellation), Path.GetFullPath(directory), tag, cancellation),
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void Write(Stream archive, string directory, string? tag, CancellationToken cancellation)
    {
        Prepare(directory);
        ImageIndex? added = null;
        var tar = new TarReader(archive);
        while (tar.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.Type != TarEntryType.RegularFile)
            {
                continue;
            }

            var name = Encoding.UTF8.GetString(entry.Name);
            if (name == "index.json")
            {
                added = Index(tar, entry.PayloadSize);
            }
            else if (name.StartsWith("blobs/sha256/", StringComparison.Ordinal))
            {
                Blob(tar, directory, Digest.Parse("sha256:" + name[13..]), cancellation);
            }
        }

        var manifests = Named(added?.Manifests ?? throw new ImageException("the archive has no index.json: it was cut off"), tag);
        var path = directory + "/index.json";
        var index = File.Exists(path) ? Parse(File.ReadAllBytes(path), path) : new ImageIndex { SchemaVersion = 2, MediaType = Manifests.OciIndex };
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(index with { Manifests = Merge(index.Manifests ?? [], manifests) }, OciJson.Default.ImageIndex), 0b110_100_100);
    }

    private static void Prepare(string directory)
    {
        if (Directory.Exists(directory) && !File.Exists(directory + "/oci-layout") && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new ImageException($"{directory} is not empty and no OCI layout: it has no oci-layout; name a directory that is not there yet");
        }

        Directory.CreateDirectory(directory + "/blobs/sha256");
        if (!File.Exists(directory + "/oci-layout"))
        {
            AtomicFile.Write(directory + "/oci-layout", JsonSerializer.SerializeToUtf8Bytes(new ImageLayout(), OciJson.Default.ImageLayout), 0b110_100_100);
        }
    }

    private static void Blob(TarReader tar, string directory, Digest digest, CancellationToken cancellation)
    {
        var path = $"{directory}/blobs/sha256/{digest.Hex}";
        var part = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1))
            using (var hashed = new HashingWriteStream(file))
            {
                for (var chunk = tar.NextChunk(); !chunk.IsEmpty; chunk = tar.NextChunk())
                {
                    cancellation.ThrowIfCancellationRequested();
                    hashed.Write(chunk);
                }

                if (hashed.Digest() != digest)
                {
                    throw new DigestMismatchException($"the archive's {digest} is {hashed.Digest()}");
                }
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static ImageIndex Index(TarReader tar, long size)
    {
        if (size > Storage.BlobStore.LargestDocument)
        {
            throw new ImageException($"the archive's index.json has {size} bytes, more than any real document");
        }

        var content = new MemoryStream();
        for (var chunk = tar.NextChunk(); !chunk.IsEmpty; chunk = tar.NextChunk())
        {
            content.Write(chunk);
        }

        return Parse(content.ToArray(), "the archive's index.json");
    }

    private static List<Descriptor> Named(IReadOnlyList<Descriptor> manifests, string? tag)
    {
        if (tag is null)
        {
            return [.. manifests];
        }

        if (manifests.DistinctBy(manifest => manifest.Digest).Count() != 1)
        {
            throw new ImageException($"several images cannot all be called {tag}; leave the tag out, and each is called by its name");
        }

        // A tag alone says nothing of the image's name, which goes with it for whoever loads it again.
        var full = tag.AsSpan().ContainsAny(':', '/') ? tag : manifests[0].Annotations?.GetValueOrDefault(FullNameAnnotation);
        var annotations = new Dictionary<string, string> { [NameAnnotation] = tag };
        if (full is not null)
        {
            annotations[FullNameAnnotation] = full;
        }

        return [manifests[0] with { Annotations = annotations }];
    }

    /// <summary>A name belongs to one image; what had it before loses it.</summary>
    private static List<Descriptor> Merge(IReadOnlyList<Descriptor> before, List<Descriptor> added)
    {
        var names = added.Select(NameOf).OfType<string>().ToHashSet();
        return [.. before.Where(old => NameOf(old) is { } name ? !names.Contains(name) : !added.Exists(one => one.Digest == old.Digest)), .. added];
    }

    private static string? NameOf(Descriptor manifest) => manifest.Annotations?.GetValueOrDefault(NameAnnotation);

    private static ImageIndex Parse(byte[] json, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OciJson.Default.ImageIndex) ?? throw new ImageException($"{what} is empty");
        }
        catch (JsonException exception)
        {
            throw new ImageException($"{what} is damaged at {exception.Path}", exception);
        }
    }
}
