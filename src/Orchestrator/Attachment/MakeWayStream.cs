namespace Devoxx.Orchestrator.Attachment;

/// <summary>A stream whose every write goes through <paramref name="around"/>, so that a live display below can make way for it.</summary>
internal sealed class MakeWayStream(Stream stream, Action<Action> around) : Stream
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

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // The action cannot hold a span; a block is written seldom enough.
        var block = buffer.ToArray();
        around(() =>
        {
            stream.Write(block);
            stream.Flush();
        });
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
