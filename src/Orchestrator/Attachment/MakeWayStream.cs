using Devoxx.Native.Files;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>A stream whose every write goes through <paramref name="around"/>, so that a live display below can make way for it.</summary>
internal sealed class MakeWayStream(Stream stream, Action<Action> around) : WriteOnlyStream
{
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
}
