using Devoxx.Images.Trees;
using Devoxx.Native;
using Devoxx.Native.Files;

namespace Devoxx.Images.Layers;

/// <summary>
/// Makes a layer's tar of a directory in overlayfs form: a container's changes, or a layer whose own archive cannot be made again.
/// </summary>
internal sealed class LayerPacker(Stream output)
{
    /// <param name="directory">Trusted path; nothing below it is followed.</param>
    /// <exception cref="LinuxException">Something cannot be read.</exception>
    public void Pack(string directory, CancellationToken cancellation)
    {
        using var root = DirectoryFd.Open(directory);
        var sink = new TarSink(output);
        new TreeWalker(sink, new TreeWalk(AsLayer: true), cancellation).Children(root, []);
        sink.End();
    }

    /// <summary>A layer that changes nothing.</summary>
    public void PackNothing() => new TarSink(output).End();
}
