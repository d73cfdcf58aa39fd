using Devoxx.Native.Files;

namespace Devoxx.Images.Archives;

/// <summary>For output that can only be written asynchronously, as a response's body; see <see cref="BlockingStream"/>.</summary>
internal sealed class BlockingWriteStream(Stream output, CancellationToken cancellation) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => output.WriteAsync(buffer.ToArray(), cancellation).AsTask().GetAwaiter().GetResult();

    public override void Flush() => output.FlushAsync(cancellation).GetAwaiter().GetResult();
}
