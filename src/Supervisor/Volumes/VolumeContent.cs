using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;

namespace Devoxx.Supervisor.Volumes;

/// <summary>Fills an empty volume with what the image has at its target, as Docker does.</summary>
internal static class VolumeContent
{
    /// <returns>A note when it was filled; null when there was nothing to do.</returns>
    public static string? Populate(VolumeSpec spec, ImageContent content)
    {
        if (Directory.EnumerateFileSystemEntries(spec.Path).Any())
        {
            return null;
        }

        // Beside the volume, then renamed over it: a crash in between leaves a volume that is still empty, never half full.
        var filling = spec.Path + ".filling";
        if (Directory.Exists(filling))
        {
            SafeTree.Delete(filling);
        }

        try
        {
            return Fill(spec, content, filling);
        }
        catch (IOException) when (Directory.Exists(filling))
        {
            SafeTree.Delete(filling);
            throw;
        }
    }

    private static string? Fill(VolumeSpec spec, ImageContent content, string filling)
    {
        if (!ImageTree.Copy(content.Layers, content.Path, filling))
        {
            return null;
        }

        Failpoint.Reach("volume.copied-beside");
        if (spec.Kind == VolumeKind.Typed)
        {
            // A mount point cannot be renamed over: what it shows is filled in place.
            SafeTree.Copy(filling, spec.Path);
            SafeTree.Delete(filling);
        }
        else
        {
            Rename.Over(filling, spec.Path);
        }

        return "filled from the image";
    }
}
