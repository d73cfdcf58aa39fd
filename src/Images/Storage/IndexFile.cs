using System.Text.Json;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;

namespace Devoxx.Images.Storage;

/// <summary>Reads the index, again only when somebody has changed it, and changes it under the store's lock.</summary>
internal sealed class IndexFile(StoreLayout layout)
{
    private readonly Lock _gate = new();
    private StoreIndex _cached = StoreIndex.Empty;
    private (ulong Inode, FileTime Modified, long Size) _seen;

    /// <exception cref="ImageException">The index is damaged.</exception>
    public StoreIndex Read()
    {
        lock (_gate)
        {
            FileStream file;
            try
            {
                file = new FileStream(layout.Index, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            }
            catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
            {
                return StoreIndex.Empty;
            }

            using (file)
            {
                var status = FileStatus.Of(file.SafeFileHandle);
                if (_seen == (status.Inode, status.Modified, status.Size))
                {
                    return _cached;
                }

                var bytes = new byte[status.Size];
                file.ReadExactly(bytes);
                _cached = Parse(bytes);
                _seen = (status.Inode, status.Modified, status.Size);
                return _cached;
            }
        }
    }

    /// <summary>Changes the index. What <paramref name="change"/> does besides is guarded by the same lock, which other processes honour too.</summary>
    public T Update<T>(Func<StoreIndex, (StoreIndex Index, T Result)> change)
    {
        using var exclusive = FileLock.Acquire(layout.Lock);
        var before = Read();
        var (after, result) = change(before);
        if (!ReferenceEquals(before, after))
        {
            Failpoint.Reach("image.index.before");
            AtomicFile.Write(layout.Index, JsonSerializer.SerializeToUtf8Bytes(after, StoreJson.Default.StoreIndex), durable: false);
            Failpoint.Reach("image.index.after");
        }

        return result;
    }

    private StoreIndex Parse(byte[] bytes)
    {
        try
        {
            var index = JsonSerializer.Deserialize(bytes, StoreJson.Default.StoreIndex);
            return index is { Version: 1 } ? index : throw new ImageException($"{layout.Index} is of a newer version of this program");
        }
        catch (JsonException exception)
        {
            throw new ImageException($"{layout.Index} is damaged at {exception.Path}", exception);
        }
    }
}
