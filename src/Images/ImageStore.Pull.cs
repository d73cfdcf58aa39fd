using System.Collections.Immutable;
using System.Diagnostics;
using Devoxx.Images.Layers;
using Devoxx.Images.Registry;
using Devoxx.Images.Storage;
using Devoxx.Oci;

namespace Devoxx.Images;

public sealed partial class ImageStore
{
    /// <summary>Pulls from the registry that the reference names, or a mirror of it. Layers come several at a time and are unpacked as they come.</summary>
    /// <exception cref="RegistryUnreachableException">No registry answered; the message says what to do instead.</exception>
    /// <exception cref="ImageException">Whatever else a person can understand: not found, not allowed, damaged.</exception>
    public async Task<StoredImage> PullAsync(ImageReference reference, PullOptions? options = null, IProgress<PullProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new PullOptions();
        var known = FindRecord(_index.Read(), reference, options.Platform);
        if (reference.Digest is not null && known is not null)
        {
            // Named by content, and here: no registry could say anything new.
            progress?.Report(new PullProgress(reference.Familiar, null, PullPhase.UpToDate));
            return Stored(known);
        }

        progress?.Report(new PullProgress(reference.Familiar, null, PullPhase.Resolving));
        return await RegistryMirrors.ReadAsync(
            reference, options,
            message => progress?.Report(new PullProgress(reference.Familiar, null, PullPhase.Retrying, Message: message)),
            connection => PullAsync(connection, reference, known, options, progress, cancellation));
    }

    private async Task<StoredImage> PullAsync(
        RegistryConnection connection, ImageReference reference, ImageRecord? known, PullOptions options, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        var platform = options.Platform ?? ImagePlatform.Host;
        var resolver = new ImageResolver(connection, reference, platform);

        // Of several that a name stands for the one that has the name knows which index they came from.
        if (known is not null && Distance(platform, known) is not null && await resolver.DigestAsync(cancellation) is { } digest
            && (known.Digests.Contains($"{reference.Name}@{digest}") || FindRecord(_index.Read(), reference)!.Digests.Contains($"{reference.Name}@{digest}")))
        {
            progress?.Report(new PullProgress(reference.Familiar, null, PullPhase.UpToDate));
            return Stored(_index.Update(index => Put(index, known with { Checked = DateTimeOffset.UtcNow })));
        }

        var image = await resolver.ResolveAsync(cancellation);
        using var workspace = Workspace.Create(_layout);
        var layers = await FetchAsync(workspace, connection, reference, image, options, progress, cancellation);
        var beside = BesideOf(reference, options.Platform, image);
        var stored = Commit(
            workspace, image.Configuration, layers, reference.Tag is null || beside is not null ? [] : [reference], beside is not null ? [] : [reference with { Digest = image.Digest }], image.Manifest, DateTimeOffset.UtcNow);
        if (beside is not null)
        {
            Group([reference], [.. beside.Value.Where(id => id != stored.Id), stored.Id]);
            stored = Find(stored.Id)!;
        }

        var foreign = platform.Distance(image.Platform) is null ? $"made for {image.Platform}, which this machine may not run" : null;
        progress?.Report(new PullProgress(reference.Familiar, null, PullPhase.Pulled, Message: foreign));
        return stored;
    }

    /// <summary>Asked for another platform of the very index that the name stands for: it is kept beside what there is, and does not take the name away.</summary>
    /// <returns>The images that the name stands for; null where it is to stand for the new one only.</returns>
    private ImmutableArray<string>? BesideOf(ImageReference reference, ImagePlatform? platform, RemoteImage image)
    {
        if (platform is null || reference.Tag is null || FindRecord(_index.Read(), reference with { Digest = null }) is not { } named || !named.Digests.Contains($"{reference.Name}@{image.Digest}"))
        {
            return null;
        }

        var members = _index.Read().MembersOf(named, (reference with { Digest = null }).ToString());
        return members.Exists(member => member.Platform == image.Platform.ToString()) ? null : [.. members.Select(member => member.Id)];
    }

    /// <summary>Downloads what the store lacks.</summary>
    /// <returns>For each layer what was staged, or null where the store has it; claimed in either case.</returns>
    private async Task<StagedLayer?[]> FetchAsync(
        Workspace workspace, RegistryConnection connection, ImageReference reference, RemoteImage image, PullOptions options, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        var staged = new StagedLayer?[image.Layers.Length];
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var turns = new SemaphoreSlim(Math.Max(1, options.ParallelDownloads));
        var downloads = new Dictionary<string, Task<StagedLayer>>();
        var waits = new List<Task>();
        var chain = "";
        for (var i = 0; i < image.Layers.Length; i++)
        {
            var (descriptor, diffId) = (image.Layers[i], image.DiffIds[i]);
            var name = Digest.Parse(descriptor.Digest).Short;
            chain = ChainId(chain, diffId);
            if (_layers.Claim(workspace, diffId, chain) is not null)
            {
                progress?.Report(new PullProgress(reference.Familiar, name, PullPhase.AlreadyExists, descriptor.Size, descriptor.Size));
                continue;
            }

            // One that occurs twice is fetched once.
            if (!downloads.TryGetValue(descriptor.Digest, out var download))
            {
                progress?.Report(new PullProgress(reference.Familiar, name, PullPhase.Waiting, 0, descriptor.Size));
                downloads.Add(descriptor.Digest, download = FetchAsync(workspace, connection, reference, descriptor, options, turns, progress, failed.Token));
            }

            waits.Add(Keep(i, chain, download));
        }

        try
        {
            await Task.WhenAll(waits);
        }
        catch
        {
            // Of several failures the first counts; the others are its consequence.
            if (waits.Find(wait => wait is { IsFaulted: true }) is { } first)
            {
                await first;
            }

            throw;
        }

        return staged;

        async Task Keep(int index, string chainId, Task<StagedLayer> download)
        {
            try
            {
                var layer = staged[index] = await download;

                // At once, so that a pull that is interrupted goes on from here. One whose directories depend on layers below waits for those.
                if (layer.DiffId.ToString() == image.DiffIds[index] && (index == 0 || layer.Content!.ImplicitDirectories.Count == 0))
                {
                    _layers.Add(workspace, layer, chainId, []);
                }
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }
    }

    private async Task<StagedLayer> FetchAsync(
        Workspace workspace, RegistryConnection connection, ImageReference reference, Descriptor descriptor, PullOptions options, SemaphoreSlim turns, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        var digest = Digest.Parse(descriptor.Digest);
        await turns.WaitAsync(cancellation);
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    return await OnOwnThread(() =>
                    {
                        using var blob = new BlobStream(connection, digest, descriptor.Size, Elsewhere(connection, descriptor), options, cancellation);
                        var report = Throttled(bytes => progress?.Report(new PullProgress(reference.Familiar, digest.Short, PullPhase.Downloading, bytes, descriptor.Size)));
                        var layer = new LayerReader(workspace, _bounds).Unpack(blob, digest, descriptor.Size, report, cancellation);
                        progress?.Report(new PullProgress(reference.Familiar, digest.Short, PullPhase.Done, descriptor.Size, descriptor.Size));
                        return layer;
                    });
                }
                catch (DigestMismatchException exception) when (attempt == 0)
                {
                    // Damaged on the way, perhaps; a second time it is the registry's fault.
                    progress?.Report(new PullProgress(reference.Familiar, digest.Short, PullPhase.Retrying, 0, descriptor.Size, exception.Message));
                }
            }
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Not in the clear, unless the registry itself is spoken to so.</summary>
    private static string[] Elsewhere(RegistryConnection connection, Descriptor descriptor) =>
        [.. (descriptor.Urls ?? []).Where(url => Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == "https" || (address.Scheme == "http" && connection.Endpoint.Insecure)))];

    private static Action<long> Throttled(Action<long> report)
    {
        var due = Due();
        return bytes =>
        {
            if (due())
            {
                report(bytes);
            }
        };
    }

    /// <summary>Progress is for eyes: true ten times a second at most.</summary>
    private static Func<bool> Due()
    {
        var last = 0L;
        return () =>
        {
            if (last != 0 && Stopwatch.GetElapsedTime(last) < TimeSpan.FromMilliseconds(100))
            {
                return false;
            }

            last = Stopwatch.GetTimestamp();
            return true;
        };
    }
}
