using Devoxx.Images.Archives;
using Devoxx.Images.Storage;
using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Images.Layers;

/// <summary>A layer's archive, made again of its skeleton and its directory.</summary>
internal static class LayerArchive
{
    /// <exception cref="ImageException">The layer is not what it was when it was unpacked: somebody has changed its directory.</exception>
    public static void Write(StoreLayout layout, LayerRecord layer, Stream output)
    {
        using var root = DirectoryFd.Open(layout.Layer(layer.Number));
        using var skeleton = new FileStream(layout.Skeleton(layer.Number), FileMode.Open, FileAccess.Read, FileShare.Read, 64 << 10);
        using var hashed = new HashingWriteStream(output);
        TarSkeleton.Assemble(skeleton, path => OpenFile(root, path), hashed);
        if (hashed.Digest().ToString() != layer.DiffId)
        {
            throw new ImageException($"layer {layer.DiffId} has been changed on disk ({layout.Layer(layer.Number)}); remove the image, and pull or load it again");
        }
    }

    private static FileStream OpenFile(DirectoryFd root, byte[] path)
    {
        var fd = root.OpenInRoot(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
        {
            throw new ImageException($"a layer has lost {LayerPath.Show(path)}", new LinuxException("openat2", -fd, LayerPath.Show(path), "RESOLVE_IN_ROOT"));
        }

        return new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Read, bufferSize: 1);
    }
}
