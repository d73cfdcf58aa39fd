namespace Devoxx.Images.Archives;

/// <summary>What every stream here that is written has in common: once, forwards.</summary>
internal abstract class WriteOnlyStream : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override void Write(ReadOnlySpan<byte> buffer);

    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>For output that can only be written asynchronously, as a response's body; see <see cref="BlockingStream"/>.</summary>
internal sealed class BlockingWriteStream(Stream output, CancellationToken cancellation) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => output.WriteAsync(buffer.ToArray(), cancellation).AsTask().GetAwaiter().GetResult();

    public override void Flush() => output.FlushAsync(cancellation).GetAwaiter().GetResult();
}
