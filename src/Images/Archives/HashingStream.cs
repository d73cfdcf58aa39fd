using System.Security.Cryptography;

namespace Devoxx.Images.Archives;

/// <summary>Counts and hashes what is read through it. Reading only, forwards only.</summary>
internal sealed class HashingStream(Stream inner, string algorithm = "sha256", bool leaveOpen = false) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    /// <summary>Called with the count after every read.</summary>
    public Action<long>? Counted { get; init; }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        Count += read;
        Counted?.Invoke(Count);
        return read;
    }

    public Digest Digest() => Images.Digest.Parse(algorithm + ":" + Convert.ToHexStringLower(_hash.GetCurrentHash()));

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        if (!leaveOpen)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
