using System.Diagnostics.CodeAnalysis;

namespace Devoxx.Images;

/// <summary>
/// A name of an image, normalised as Docker does: <c>busybox</c> is <c>docker.io/library/busybox:latest</c>.
/// Grammar: distribution/reference, <c>reference.go</c>.
/// </summary>
/// <param name="Domain">Registry host with its port, e.g. <c>docker.io</c>, <c>localhost:5000</c>, <c>[::1]:5000</c>.</param>
/// <param name="Path">Repository path, e.g. <c>library/busybox</c>.</param>
/// <param name="Tag">The tag, or null when the image is named by digest only.</param>
/// <param name="Digest">The digest of the manifest or index, or null.</param>
public sealed record ImageReference(string Domain, string Path, string? Tag, Digest? Digest)
{
    public const string DefaultDomain = "docker.io";
    public const string DefaultTag = "latest";

    /// <summary>Domain and path, without tag and digest.</summary>
    public string Name => Domain + "/" + Path;

    /// <summary>What people type: without the default domain and <c>library/</c>.</summary>
    public string Familiar => FamiliarName + Suffix;

    /// <summary>The familiar form of <see cref="Name"/>.</summary>
    public string FamiliarName
    {
        get
        {
            if (Domain != DefaultDomain)
            {
                return Name;
            }

            return Path.StartsWith("library/", StringComparison.Ordinal) && !Path.AsSpan(8).Contains('/') ? Path[8..] : Path;
        }
    }

    /// <summary>The whole, canonical form.</summary>
    public override string ToString() => Name + Suffix;

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    /// <exception cref="ImageException">The text is no reference; the message says what is wrong and what would be right.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out var reference, out var error) ? reference : throw new ImageException(error);

    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference) => TryParse(text, out reference, out _);

    /// <param name="error">What is wrong with the text, for people; null when it is right.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference, [NotNullWhen(false)] out string? error)
    {
        reference = null;
        if (string.IsNullOrEmpty(text))
        {
            error = "an image reference must not be empty";
            return false;
        }

        error = ReferenceGrammar.Read(text, out reference);
        return error is null && reference is not null;
    }
}
