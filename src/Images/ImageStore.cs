using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Images.Archives;
using Devoxx.Images.Layers;
using Devoxx.Images.Storage;
using Devoxx.Native;
using Devoxx.Oci;

namespace Devoxx.Images;

/// <summary>
/// The images of one state root. Several processes may use one store at the same time: what they write is guarded by locks, and nothing is visible
/// before it is whole.
/// </summary>
public sealed partial class ImageStore : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly StoreLayout _layout;
    private readonly IndexFile _index;
    private readonly LayerStore _layers;
    private readonly BlobStore _blobs;

    private readonly LayerBounds _bounds;

    private ImageStore(StoreLayout layout, LayerBounds bounds)
    {
        _bounds = bounds;
        _layout = layout;
        _index = new IndexFile(layout);
        _layers = new LayerStore(layout, _index);
        _blobs = new BlobStore(layout);
    }

    /// <summary>Absolute path of the store.</summary>
    public string Directory => _layout.Root;

    /// <summary>Opens the store, making it where there is none, and removes what an interrupted load or pull has left.</summary>
    /// <param name="bounds">What one layer may cost; null for <see cref="LayerBounds.Default"/>.</param>
    /// <exception cref="ImageException">The index is damaged.</exception>
    public static ImageStore Open(string directory, LayerBounds? bounds = null)
    {
        var layout = new StoreLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        if (!System.IO.Directory.Exists(layout.Skeletons))
        {
            foreach (var path in (string[])[layout.Root, layout.Layers, layout.Work, Path.GetDirectoryName(layout.Blobs)!, layout.Blobs, layout.Skeletons])
            {
                System.IO.Directory.CreateDirectory(path, Private);
            }
        }

        var store = new ImageStore(layout, bounds ?? LayerBounds.Default);
        if (System.IO.Directory.EnumerateDirectories(layout.Work).Any())
        {
            Workspace.Clean(layout);
        }

        store._layers.DeleteOrphan();
        store._layers.Sweep();
        return store;
    }

    /// <summary>Only to look: makes nothing, removes nothing. Where there is no store, there is no image.</summary>
    public static ImageStore OpenToRead(string directory) => new(new StoreLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), LayerBounds.Default);

    /// <summary>By name, name with digest, id (<c>sha256:…</c>), or at least four digits of an id; null when there is none or several match.</summary>
    public StoredImage? Find(string nameOrId) => FindRecord(_index.Read(), nameOrId) is { } record ? Stored(record) : null;

    /// <inheritdoc cref="Find(string)"/>
    public StoredImage? Find(ImageReference reference) => FindRecord(_index.Read(), reference) is { } record ? Stored(record) : null;

    /// <summary>All images, newest first.</summary>
    public ImmutableArray<StoredImage> List() => [.. _index.Read().Images.OrderByDescending(image => image.Created).Select(Stored)];

    /// <summary>Reads an archive as `docker save` writes it or an OCI layout in a tar, plain or gzip or zstd, from a stream that need not seek.</summary>
    /// <returns>The images in it.</returns>
    /// <exception cref="ImageException">The archive is none, damaged or malicious; nothing of it is in the store then.</exception>
    public Task<ImmutableArray<StoredImage>> LoadAsync(Stream archive, IProgress<PullProgress>? progress = null, CancellationToken cancellation = default) =>
        LoadAsync(archive, null, progress, cancellation);

    /// <summary>Reads images from a path: <c>docker-archive:</c>, <c>oci-archive:</c> or <c>oci:</c>.</summary>
    /// <exception cref="ImageException">There is nothing of the kind; nothing of it is in the store then.</exception>
    public async Task<ImmutableArray<StoredImage>> LoadAsync(ImagePath path, IProgress<PullProgress>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            if (path.Kind == ImagePathKind.OciLayout)
            {
                return await OnOwnThread(() =>
                {
                    using var workspace = Workspace.Create(_layout);
                    using var layout = new LayoutDirectory(path.Path, new LayerReader(workspace, _bounds), cancellation);
                    return Take(workspace, layout, path.Name, progress);
                });
            }

            await using var archive = new FileStream(path.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return await LoadAsync(archive, path.Name, progress, cancellation);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or LinuxException { Errno: 2 or 20 })
        {
            throw new ImageException($"{path}: there is nothing at {path.Path}", exception);
        }
    }

    private Task<ImmutableArray<StoredImage>> LoadAsync(Stream archive, string? only, IProgress<PullProgress>? progress, CancellationToken cancellation) => OnOwnThread(() =>
    {
        using var workspace = Workspace.Create(_layout);
        var due = Due();
        var contents = ArchiveContents.Read(
            Blocking(archive, cancellation),
            new LayerReader(workspace, _bounds),
            _layers.Has,
            (name, bytes, total) =>
            {
                if (bytes == total || due())
                {
                    progress?.Report(new PullProgress("archive", name, bytes < total ? PullPhase.Unpacking : PullPhase.Done, bytes, total));
                }
            },
            cancellation);
        return Take(workspace, contents, only, progress);
    });

    private ImmutableArray<StoredImage> Take(Workspace workspace, IImageContents contents, string? only, IProgress<PullProgress>? progress) =>
    [
        .. ArchivedImages.Of(contents, ImagePlatform.Host, only).Select(image =>
        {
            var stored = Commit(workspace, image.Configuration, image.Layers, image.References, [], image.Manifest, null);
            if (!image.Others.IsEmpty && !image.References.IsEmpty)
            {
                var others = image.Others.Select(other => Commit(workspace, other.Configuration, other.Layers, [], [], other.Manifest, null).Id);
                stored = Group(image.References, [stored.Id, .. others]);
            }

            progress?.Report(new PullProgress(stored.References.FirstOrDefault()?.Familiar ?? stored.ShortId, null, PullPhase.Pulled));
            return stored;
        }),
    ];

    /// <summary>Makes an image of one layer from a root filesystem in a tar, plain or gzip or zstd.</summary>
    /// <param name="configuration">Command, environment and so on; its layers, and what it lacks, are filled in.</param>
    /// <exception cref="ImageException">The archive is damaged or malicious.</exception>
    public Task<StoredImage> ImportAsync(Stream rootfsTar, ImageReference? reference, ImageConfiguration? configuration = null, CancellationToken cancellation = default) => OnOwnThread(() =>
    {
        using var workspace = Workspace.Create(_layout);
        var layer = new LayerReader(workspace, _bounds).Unpack(Blocking(rootfsTar, cancellation), null, null, null, cancellation);
        var host = ImagePlatform.Host;
        var complete = (configuration ?? new ImageConfiguration()) with
        {
            Created = configuration?.Created ?? DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            Os = configuration?.Os ?? host.Os,
            Architecture = configuration?.Architecture ?? host.Architecture,
            Variant = configuration?.Architecture is null ? host.Variant : configuration.Variant,
            Rootfs = new RootFs { DiffIds = [layer.DiffId.ToString()] },
            History = configuration?.History ?? [new History { CreatedBy = "devoxx-compose image import" }],
        };
        return Commit(workspace, JsonSerializer.SerializeToUtf8Bytes(complete, OciJson.Default.ImageConfiguration), [layer], reference is null ? [] : [reference], [], null, null);
    });

    /// <summary>A directory of the store's for something under way; its owner disposes it.</summary>
    internal Workspace NewWorkspace() => Workspace.Create(_layout);

    public void Dispose()
    {
    }

    /// <summary>Unpacking reads and writes as it goes; a pool thread is not to be blocked for so long.</summary>
    private static Task<T> OnOwnThread<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Stream Blocking(Stream stream, CancellationToken cancellation) => stream is FileStream or MemoryStream or ReadOnlyStream ? stream : new BlockingStream(stream, cancellation);

    private StoredImage Stored(ImageRecord record) => new(
        record.Id,
        [.. record.References.Select(ImageReference.Parse)],
        [.. record.Digests.Select(ImageReference.Parse)],
        [.. record.Layers.Select(_layout.Layer)],
        record.Size,
        record.Created,
        ImagePlatform.Parse(record.Platform),
        record.Checked,
        PlatformsOf(_index.Read(), record),
        record.References.IsEmpty && _index.Read().IsMember(record.Id),
        () => ParseConfiguration(_blobs.Read(Digest.Parse(record.Id))));

    private static ImageConfiguration ParseConfiguration(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OciJson.Default.ImageConfiguration) ?? throw new ImageException("the image's configuration is empty");
        }
        catch (JsonException exception)
        {
            throw new ImageException($"the image's configuration is damaged at {exception.Path}", exception);
        }
    }

    private static ImageRecord? FindRecord(StoreIndex index, string nameOrId)
    {
        var hex = nameOrId.StartsWith("sha256:", StringComparison.Ordinal) ? nameOrId.AsSpan(7) : nameOrId;
        if (hex.Length is >= 4 and <= 64 && Hex.IsLower(hex))
        {
            var prefix = "sha256:" + hex.ToString();
            var byId = index.Images.FindAll(image => image.Id.StartsWith(prefix, StringComparison.Ordinal));
            var byName = nameOrId.StartsWith("sha256:", StringComparison.Ordinal) || !ImageReference.TryParse(nameOrId, out var name) ? null : FindRecord(index, name);
            return byName ?? (byId.Count == 1 ? byId[0] : null);
        }

        return ImageReference.TryParse(nameOrId, out var reference) ? FindRecord(index, reference) : null;
    }

    private static ImageRecord? FindRecord(StoreIndex index, ImageReference reference)
    {
        var name = reference.Digest is null ? reference.ToString() : $"{reference.Name}@{reference.Digest}";
        return index.Images.Find(image => (reference.Digest is null ? image.References : image.Digests).Contains(name));
    }
}
