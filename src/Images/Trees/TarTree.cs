using Devoxx.Images.Archives;

namespace Devoxx.Images.Trees;

/// <summary>Hands out what a tar has: any that <see cref="TarReader"/> reads, sparse files in full.</summary>
public static class TarTree
{
    /// <exception cref="ImageException">The archive is damaged.</exception>
    public static void Read(Stream archive, ITreeSink sink, CancellationToken cancellation = default)
    {
        var tar = new TarReader(archive);
        while (tar.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.Type != TarEntryType.Other)
            {
                sink.Take(entry, entry.Type == TarEntryType.RegularFile ? new Payload(tar, entry) : null);
            }
        }
    }

    private sealed class Payload(TarReader tar, TarEntry entry) : IEntryContent
    {
        private long _at;
        private int _extent;

        public int Read(Span<byte> buffer)
        {
            if (entry.Extents is not { } extents)
            {
                return Take(buffer[..(int)Math.Min(buffer.Length, entry.PayloadSize - _at)]);
            }

            while (_extent < extents.Count && _at >= extents[_extent].Offset + extents[_extent].Length)
            {
                _extent++;
            }

            if (_extent < extents.Count && _at >= extents[_extent].Offset)
            {
                return Take(buffer[..(int)Math.Min(buffer.Length, extents[_extent].Offset + extents[_extent].Length - _at)]);
            }

            var end = _extent < extents.Count ? extents[_extent].Offset : entry.Size;
            var hole = buffer[..(int)Math.Min(buffer.Length, end - _at)];
            hole.Clear();
            _at += hole.Length;
            return hole.Length;
        }

        private int Take(Span<byte> buffer)
        {
            if (buffer.IsEmpty)
            {
                return 0;
            }

            var chunk = tar.NextChunk(buffer.Length);
            chunk.CopyTo(buffer);
            _at += chunk.Length;
            return chunk.Length;
        }
    }
}
