using System.Text.RegularExpressions;

namespace Devoxx.Images.Tests;

/// <summary>
/// Our grammar by hand against that of distribution/reference (<c>regexp.go</c>, <c>normalize.go</c>) as the regular expressions that its documentation gives: texts are made
/// of pieces that matter to it, and both must agree about each.
/// </summary>
public sealed partial class ReferenceFuzzTests
{
    private static readonly string[] Pieces =
    [
        "a", "b1", "Z", "0", ".", "..", "_", "__", "___", "-", "--", "/", "//", ":", "@", "[", "]", " ", "é", "localhost", "docker.io", "index.docker.io", "library", "example.com", "5000", ":5000", ":99999",
        "[::1]", "[fe80::1]", ":latest", ":v1.2_3-x", ":-x", "@sha256:" + Hex64, "@sha256:" + "abc", "@sha512:" + Hex64 + Hex64, "@md5:" + Hex64, Hex64, "registry", "A.b", "x-y.z", "~", "+", "%2f", "\n",
    ];

    private const string Hex64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Both_grammars_agree(int seed)
    {
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            if (random.Next(50) == 0)
            {
                text = text.Replace("a", new string('a', random.Next(1, 300)), StringComparison.Ordinal);
            }

            var expected = Normalised(text);
            var actual = ImageReference.TryParse(text, out var reference, out _) ? reference.ToString() : null;
            Assert.True(expected == actual, $"{text}: expected {expected ?? "no reference"}, but {actual ?? "no reference"}");
            accepted += actual is null ? 0 : 1;
        }

        Assert.True(accepted > 3_000, $"only {accepted} were references: the pieces say too little");
    }

    /// <summary>ParseNormalizedNamed and TagNameOnly; ports beyond 65535 and digests other than SHA-2's two are refused here, which the expressions let pass.</summary>
    private static string? Normalised(string text)
    {
        if (Identifier().IsMatch(text))
        {
            return null;
        }

        var slash = text.IndexOf('/');
        var (domain, rest) = slash < 0 || (text[..slash].IndexOfAny(['.', ':']) < 0 && text[..slash] != "localhost" && text[..slash].ToLowerInvariant() == text[..slash])
            ? ("docker.io", text) : (text[..slash], text[(slash + 1)..]);
        domain = domain is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : domain;
        rest = domain == "docker.io" && !rest.Contains('/') ? "library/" + rest : rest;
        if (Reference().Match($"{domain}/{rest}") is not { Success: true } match || match.Groups["name"].Length > 255)
        {
            return null;
        }

        if (match.Groups["port"] is { Success: true } port && !ushort.TryParse(port.Value, out _))
        {
            return null;
        }

        var digest = match.Groups["digest"].Success ? match.Groups["digest"].Value : null;
        if (digest is not null && !Digest.TryParse(digest, out _))
        {
            return null;
        }

        var tag = match.Groups["tag"].Success ? match.Groups["tag"].Value : digest is null ? "latest" : null;
        return match.Groups["name"].Value + (tag is null ? "" : ":" + tag) + (digest is null ? "" : "@" + digest);
    }

    [GeneratedRegex(@"\A[a-f0-9]{64}\z")]
    private static partial Regex Identifier();

    [GeneratedRegex(
        """
        \A(?<name>
          (?:(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[(?:[a-fA-F0-9:]+)\])(?::(?<port>[0-9]+))?/)
          [a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)
        (?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?
        (?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
