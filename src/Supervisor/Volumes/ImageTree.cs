using System.Collections.Immutable;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Tmds.Linux;

namespace Devoxx.Supervisor.Volumes;

/// <summary>A directory of an image, copied out of it.</summary>
internal static class ImageTree
{
    /// <summary>Copies what the image has at the path, links followed inside the image only (CVE-2022-23648).</summary>
    /// <param name="layers">Base first.</param>
    /// <returns>False when the image has no directory there.</returns>
    public static bool Copy(ImmutableArray<string> layers, string path, string to)
    {
        using var image = DetachedOverlay.Open(layers);
        using var from = PathInRoot.OpenExisting(image, path, LibC.O_RDONLY | LibC.O_DIRECTORY);
        if (from is null)
        {
            return false;
        }

        Directory.CreateDirectory(to);
        using var target = SafeTree.OpenDirectory(to);
        SafeTree.Copy(from, target, "the image's " + path, to);
        return true;
    }
}
