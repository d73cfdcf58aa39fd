using Devoxx.Images.Archives;

namespace Devoxx.Images.Trees;

/// <summary>Writes entries into a tar.</summary>
public sealed class TarSink(Stream output) : ITreeSink
{
    private readonly TarWriter _tar = new(output);
    private readonly byte[] _buffer = new byte[128 << 10];

    public void Take(TarEntry entry, IEntryContent? content)
    {
        _tar.Header(entry);
        if (content is null)
        {
            return;
        }

        for (var left = entry.PayloadSize; left > 0;)
        {
            var part = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, left));
            var read = content.Read(part);
            if (read == 0)
            {
                // Cut while we read: the header has promised more. Zeros keep the archive whole, as GNU tar does.
                part.Clear();
                read = part.Length;
            }

            output.Write(part[..read]);
            left -= read;
        }

        _tar.Pad(entry.PayloadSize);
    }

    /// <summary>Writes what ends an archive.</summary>
    public void End() => _tar.End();
}
