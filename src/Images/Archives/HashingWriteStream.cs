using System.Security.Cryptography;
using Devoxx.Native.Files;

namespace Devoxx.Images.Archives;

/// <summary>Counts and hashes what is written through it; the stream below stays open.</summary>
internal sealed class HashingWriteStream(Stream output) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public Digest Digest() => Images.Digest.Sha256(_hash.GetCurrentHash());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        output.Write(buffer);
        _hash.AppendData(buffer);
        Count += buffer.Length;
    }

    public override void Flush() => output.Flush();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
