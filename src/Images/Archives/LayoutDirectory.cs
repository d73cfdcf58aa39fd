using Devoxx.Images.Layers;
using Devoxx.Images.Storage;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Images.Archives;

/// <summary>An OCI layout in a directory (image-spec, image-layout.md). Only what is asked for is read; links in it lead to it only.</summary>
internal sealed class LayoutDirectory(string directory, LayerReader reader, CancellationToken cancellation) : IImageContents, IDisposable
{
    private readonly DirectoryFd _root = DirectoryFd.Open(Path.GetFullPath(directory));
    private readonly Dictionary<string, StagedLayer> _layers = [];

    public void Dispose() => _root.Dispose();

    public byte[]? Document(string path)
    {
        using var file = Open(path);
        if (file is null)
        {
            return null;
        }

        var size = RandomAccess.GetLength(file);
        if (size > BlobStore.LargestDocument)
        {
            throw new ImageException($"{path} of the layout has {size} bytes, more than any real document");
        }

        var content = new byte[size];
        for (var at = 0; at < size;)
        {
            at += RandomAccess.Read(file, content.AsSpan(at), at) is > 0 and var read ? read : throw new ImageException($"{path} of the layout became shorter while it was read");
        }

        return content;
    }

    public bool Has(string path)
    {
        using var file = Open(path);
        return file is not null;
    }

    public StagedLayer? Layer(string path)
    {
        if (_layers.TryGetValue(path, out var known))
        {
            return known;
        }

        var file = Open(path);
        if (file is null)
        {
            return null;
        }

        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 1);
        var parts = path.Split('/');
        return _layers[path] = reader.Unpack(stream, Digest.Parse($"{parts[1]}:{parts[2]}"), stream.Length, null, cancellation);
    }

    private SafeFileHandle? Open(string path)
    {
        var fd = _root.OpenInRoot(System.Text.Encoding.UTF8.GetBytes(path), O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
        {
            return null;
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        if (FileStatus.Of(file).IsRegular)
        {
            return file;
        }

        file.Dispose();
        throw new ImageException($"{path} of the layout is no regular file");
    }
}
