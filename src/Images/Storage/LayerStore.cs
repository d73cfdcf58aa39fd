using Devoxx.Images.Layers;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;

namespace Devoxx.Images.Storage;

/// <summary>Unpacked layers: found, claimed, added, collected.</summary>
internal sealed class LayerStore(StoreLayout layout, IndexFile index)
{
    /// <summary>Finds a layer and claims it for the workspace; null when it is not here.</summary>
    public LayerRecord? Claim(Workspace workspace, string diffId, string chainId) => index.Update(now =>
    {
        var layer = now.FindLayer(diffId, chainId);
        if (layer is not null)
        {
            workspace.Lease(layer.Number);
        }

        return (now, layer);
    });

    /// <summary>Is there a layer of this content, whatever it lies on?</summary>
    public bool Has(string diffId) => index.Read().Layers.Exists(layer => layer.DiffId == diffId && layer.ChainId is null);

    /// <summary>Makes a staged layer one of the store's, unless somebody else has been quicker.</summary>
    /// <param name="below">The layers that it lies on in this image, base first.</param>
    public LayerRecord Add(Workspace workspace, StagedLayer staged, string chainId, IReadOnlyList<LayerRecord> below)
    {
        var dependsOnChain = staged.Content!.ImplicitDirectories.Count > 0 && below.Count > 0;
        if (dependsOnChain)
        {
            ImplicitDirectories.Inherit(staged.Directory!, staged.Content.ImplicitDirectories, [.. below.Select(layer => layout.Layer(layer.Number))]);
        }

        return index.Update(now =>
        {
            var layer = now.FindLayer(staged.DiffId.ToString(), chainId);
            if (layer is null)
            {
                layer = new LayerRecord(
                    now.NextLayer, staged.DiffId.ToString(), dependsOnChain ? chainId : null, staged.Content.Bytes, staged.Content.SkeletonIsWhole, staged.ArchiveSize,
                    staged.BlobDigest.ToString(), staged.BlobSize);
                SafeTree.Delete(layout.Layer(layer.Number));
                Failpoint.Reach("image.layer-named.before");
                Directory.Move(staged.Directory!, layout.Layer(layer.Number));
                if (layer.HasSkeleton)
                {
                    File.Move(staged.Skeleton!, layout.Skeleton(layer.Number), overwrite: true);
                }

                Failpoint.Reach("image.layer-named.after");

                now = now with { NextLayer = now.NextLayer + 1, Layers = now.Layers.Add(layer) };
            }

            workspace.Lease(layer.Number);
            return (now, layer);
        });
    }

    /// <summary>Stages once more a layer that has become the store's already, for another chain.</summary>
    public StagedLayer Copy(Workspace workspace, StagedLayer staged)
    {
        var layer = index.Update(now =>
        {
            var found = now.Layers.Find(layer => layer.DiffId == staged.DiffId.ToString()) ?? throw new ImageException($"layer {staged.DiffId} was removed from the store in the meantime; try again");
            workspace.Lease(found.Number);
            return (now, found);
        });
        var copy = staged with { Directory = workspace.NewPath(), Skeleton = workspace.NewPath() };
        SafeTree.Copy(layout.Layer(layer.Number), copy.Directory!);
        if (layer.HasSkeleton)
        {
            File.Copy(layout.Skeleton(layer.Number), copy.Skeleton!);
        }

        return copy;
    }

    /// <summary>Takes layers that no image and no workspace has a claim on out of the index; <see cref="Sweep"/> then deletes them.</summary>
    public StoreIndex Collect(StoreIndex now, IEnumerable<long> candidates)
    {
        var used = now.Images.SelectMany(image => image.Layers).ToHashSet();
        used.UnionWith(Workspace.Leased(layout));
        var unused = candidates.Where(number => !used.Contains(number)).ToHashSet();
        return unused.Count == 0 ? now : now with { Layers = now.Layers.RemoveAll(layer => unused.Contains(layer.Number)), Removing = now.Removing.AddRange(unused) };
    }

    /// <summary>Deletes collected layers. A crash in the middle is made good at the next opening.</summary>
    public void Sweep()
    {
        var removing = index.Read().Removing;
        if (removing.IsEmpty)
        {
            return;
        }

        foreach (var number in removing)
        {
            SafeTree.Delete(layout.Layer(number));
            File.Delete(layout.Skeleton(number));
            Failpoint.Reach("image.layer-deleted");
        }

        index.Update(now => (now with { Removing = now.Removing.RemoveRange(removing) }, true));
    }

    /// <summary>Deletes what a crash has left between making a layer's directory and naming it in the index.</summary>
    public void DeleteOrphan()
    {
        if (Directory.Exists(layout.Layer(index.Read().NextLayer)))
        {
            index.Update(now =>
            {
                SafeTree.Delete(layout.Layer(now.NextLayer));
                return (now, true);
            });
        }
    }
}
