namespace Devoxx.Images;

/// <summary>A content digest, <c>sha256:…</c> or <c>sha512:…</c> with lower-case hexadecimal digits (image-spec, descriptor.md).</summary>
public sealed record Digest
{
    private Digest(string algorithm, string hex)
    {
        Algorithm = algorithm;
        Hex = hex;
    }

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm { get; }

    public string Hex { get; }

    public override string ToString() => Algorithm + ":" + Hex;

    /// <summary>The first twelve digits, as lists show them.</summary>
    public string Short => Hex[..12];

    /// <exception cref="ImageException">Not a digest of a supported algorithm.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest! : throw new ImageException($"'{text}' is not a digest (sha256: and 64 hexadecimal digits)");

    public static bool TryParse(string? text, out Digest? digest)
    {
        digest = text?.IndexOf(':') switch
        {
            6 when text.StartsWith("sha256:", StringComparison.Ordinal) && text.Length == 71 && Images.Hex.IsLower(text.AsSpan(7)) => new Digest("sha256", text[7..]),
            6 when text.StartsWith("sha512:", StringComparison.Ordinal) && text.Length == 135 && Images.Hex.IsLower(text.AsSpan(7)) => new Digest("sha512", text[7..]),
            _ => null,
        };
        return digest is not null;
    }

    /// <summary>Is this the content that the digest is of?</summary>
    public bool Matches(ReadOnlySpan<byte> content) => Hex == Convert.ToHexStringLower(
        Algorithm == "sha512" ? System.Security.Cryptography.SHA512.HashData(content) : System.Security.Cryptography.SHA256.HashData(content));

    public static Digest Sha256(ReadOnlySpan<byte> hash) => new("sha256", Convert.ToHexStringLower(hash));

    public static Digest Sha256Of(ReadOnlySpan<byte> content) => Sha256(System.Security.Cryptography.SHA256.HashData(content));
}
