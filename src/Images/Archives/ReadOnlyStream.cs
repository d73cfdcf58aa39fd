namespace Devoxx.Images.Archives;

/// <summary>What every stream here has in common: it is read once, forwards.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override int Read(Span<byte> buffer);

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public sealed override void Flush()
    {
    }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Some bytes that were read to see what follows, and then the rest, which belongs to whoever opened it.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    public override int Read(Span<byte> buffer)
    {
        if (_prefix.IsEmpty)
        {
            return rest.Read(buffer);
        }

        var count = Math.Min(buffer.Length, _prefix.Length);
        _prefix.Span[..count].CopyTo(buffer);
        _prefix = _prefix[count..];
        return count;
    }
}

/// <summary>The payload of a tar entry.</summary>
internal sealed class TarPayloadStream(TarReader tar) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _chunk;

    public override int Read(Span<byte> buffer)
    {
        if (_chunk.IsEmpty)
        {
            _chunk = tar.NextChunkMemory();
        }

        var count = Math.Min(buffer.Length, _chunk.Length);
        _chunk.Span[..count].CopyTo(buffer);
        _chunk = _chunk[count..];
        return count;
    }
}

/// <summary>
/// Lets the unpacker, which reads as it goes on a thread of its own, read from a stream that can only be read asynchronously, as a request's body.
/// </summary>
internal sealed class BlockingStream(Stream inner, CancellationToken cancellation) : ReadOnlyStream
{
    private readonly byte[] _buffer = new byte[128 << 10];

    public override int Read(Span<byte> buffer)
    {
        // Never on a pool thread, and with no synchronisation context: nothing that the read needs can wait for this thread.
        var read = inner.ReadAsync(_buffer.AsMemory(0, Math.Min(_buffer.Length, buffer.Length)), cancellation).AsTask().GetAwaiter().GetResult();
        _buffer.AsSpan(0, read).CopyTo(buffer);
        return read;
    }
}
