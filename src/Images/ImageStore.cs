using System.Collections.Immutable;

namespace Devoxx.Images;

/// <summary>
/// The images of one state root. Several processes may use one store at the same time: what they write is guarded by locks, and nothing is visible
/// before it is whole.
/// </summary>
public sealed class ImageStore : IDisposable
{
    private ImageStore(string directory) => Directory = directory;

    /// <summary>Absolute path of the store.</summary>
    public string Directory { get; }

    /// <summary>Opens the store, making it where there is none, and removes what an interrupted load or pull has left.</summary>
    public static ImageStore Open(string directory) => new(Path.GetFullPath(directory));

    /// <summary>By name, name with digest, id (<c>sha256:…</c>), or at least four digits of an id; null when there is none or several match.</summary>
    public StoredImage? Find(string nameOrId) => throw new NotSupportedException();

    /// <inheritdoc cref="Find(string)"/>
    public StoredImage? Find(ImageReference reference) => throw new NotSupportedException();

    /// <summary>All images, newest first.</summary>
    public ImmutableArray<StoredImage> List() => throw new NotSupportedException();

    /// <summary>Takes a name off its image, and removes the image with layers that no other uses when it was the last.</summary>
    /// <param name="userOf">Who uses the image of this id, in words for people (<c>container web-1</c>); null when nobody does.</param>
    /// <param name="force">When named by id: remove although it has several names.</param>
    /// <returns>What was done, in order.</returns>
    /// <exception cref="ImageNotFoundException">No such image.</exception>
    /// <exception cref="ImageInUseException"><paramref name="userOf"/> names a user.</exception>
    public ImmutableArray<ImageRemoval> Remove(string nameOrId, Func<string, string?> userOf, bool force = false) => throw new NotSupportedException();

    /// <summary>Reads an archive as `docker save` writes it or an OCI layout in a tar, plain or gzip or zstd, from a stream that need not seek.</summary>
    /// <returns>The images in it.</returns>
    public Task<ImmutableArray<StoredImage>> LoadAsync(Stream archive, IProgress<PullProgress>? progress = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    /// <summary>Makes an image of one layer from a root filesystem in a tar, plain or gzip or zstd.</summary>
    public Task<StoredImage> ImportAsync(Stream rootfsTar, ImageReference reference, Oci.ImageConfiguration? configuration = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    /// <summary>Pulls from the registry that the reference names, or a mirror of it.</summary>
    /// <exception cref="RegistryUnreachableException">No registry answered; the message says what to do instead.</exception>
    /// <exception cref="ImageException">Whatever else a person can understand: not found, not allowed, damaged.</exception>
    public Task<StoredImage> PullAsync(ImageReference reference, PullOptions? options = null, IProgress<PullProgress>? progress = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}

/// <summary>One step of a removal.</summary>
/// <param name="Untagged">The name that was taken off, or null.</param>
/// <param name="Deleted">The id of the image that was deleted, or null.</param>
public sealed record ImageRemoval(string? Untagged, string? Deleted);
