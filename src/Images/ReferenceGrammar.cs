namespace Devoxx.Images;

/// <summary>The reference grammar of distribution/reference, by hand: a regular expression costs milliseconds at start.</summary>
internal static class ReferenceGrammar
{
    private const int LongestName = 255;
    private const int LongestTag = 128;

    /// <returns>Null and the reference; or what is wrong.</returns>
    public static string? Read(string text, out ImageReference? reference)
    {
        reference = null;
        var rest = text.AsSpan();
        Digest? digest = null;
        string? tag = null;

        if (rest.IndexOf('@') is var at and >= 0)
        {
            if (!Digest.TryParse(rest[(at + 1)..].ToString(), out var parsed))
            {
                return $"invalid image reference '{text}': '{rest[(at + 1)..]}' is not a digest (sha256: and 64 hexadecimal digits)";
            }

            digest = parsed;
            rest = rest[..at];
        }

        // A colon after the last slash separates the tag; one before it separates the port.
        if (rest.LastIndexOf(':') is var colon and >= 0 && colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..].ToString();
            if (!IsTag(tag))
            {
                return $"invalid image reference '{text}': '{tag}' is not a tag (letters, digits, '_', '.' and '-', at most {LongestTag})";
            }

            rest = rest[..colon];
        }

        var (domain, path) = SplitDomain(rest);
        if (!IsDomain(domain))
        {
            return $"invalid image reference '{text}': '{domain}' is not a registry host";
        }

        if (path.Length + domain.Length + 1 > LongestName)
        {
            return $"invalid image reference '{text[..32]}…': the name is longer than {LongestName} characters";
        }

        if (text.Length == 64 && Hex.IsLower(text))
        {
            return $"invalid image reference '{text}': 64 hexadecimal digits are an image id, not a name";
        }

        foreach (var component in path.Split('/'))
        {
            if (!IsPathComponent(component))
            {
                return component.Any(char.IsAsciiLetterUpper)
                    ? $"invalid image reference '{text}': the repository name must be lower case"
                    : $"invalid image reference '{text}': '{component}' is not a part of a repository name (a-z and 0-9, with '.', '_', '__' or '-' between)";
            }
        }

        reference = new ImageReference(domain, path, tag ?? (digest is null ? ImageReference.DefaultTag : null), digest);
        return null;
    }

    public static bool IsTag(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > LongestTag || !(char.IsAsciiLetterOrDigit(text[0]) || text[0] == '_'))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The part before the first slash is a host when it could be no Docker Hub user name (splitDockerDomain).</summary>
    private static (string Domain, string Path) SplitDomain(ReadOnlySpan<char> name)
    {
        var slash = name.IndexOf('/');
        string domain, path;
        if (slash < 0 || !(name[..slash].ContainsAny('.', ':') || name[..slash] is "localhost" || name[..slash].ContainsAnyInRange('A', 'Z')))
        {
            (domain, path) = (ImageReference.DefaultDomain, name.ToString());
        }
        else
        {
            (domain, path) = (name[..slash].ToString(), name[(slash + 1)..].ToString());
        }

        if (domain is "index.docker.io" or "registry-1.docker.io")
        {
            domain = ImageReference.DefaultDomain;
        }

        return (domain, domain == ImageReference.DefaultDomain && !path.Contains('/') ? "library/" + path : path);
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var host = domain;
        if (domain.StartsWith('['))
        {
            var end = domain.IndexOf(']');
            return end > 2 && System.Net.IPAddress.TryParse(domain[1..end], out _) && (end + 1 == domain.Length || IsPort(domain[(end + 1)..]));
        }

        if (domain.IndexOf(':') is var colon and >= 0)
        {
            if (!IsPort(domain[colon..]))
            {
                return false;
            }

            host = domain[..colon];
        }

        foreach (var range in host.Split('.'))
        {
            var label = host[range];
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (var c in label)
            {
                if (!(char.IsAsciiLetterOrDigit(c) || c == '-'))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> colonAndDigits) =>
        colonAndDigits.Length is > 1 and < 7 && colonAndDigits[0] == ':' && ushort.TryParse(colonAndDigits[1..], System.Globalization.NumberStyles.None, null, out _);

    /// <summary><c>[a-z0-9]+</c> joined by <c>.</c>, <c>_</c>, <c>__</c> or any number of <c>-</c>.</summary>
    private static bool IsPathComponent(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !IsAlphanumeric(text[0]) || !IsAlphanumeric(text[^1]))
        {
            return false;
        }

        for (var i = 1; i < text.Length; i++)
        {
            var (before, c) = (text[i - 1], text[i]);
            var allowed = IsAlphanumeric(c)
                || c == '-' && (before == '-' || IsAlphanumeric(before))
                || c == '.' && IsAlphanumeric(before)
                || c == '_' && (IsAlphanumeric(before) || before == '_' && IsAlphanumeric(text[i - 2]));
            if (!allowed)
            {
                return false;
            }
        }

        return true;

        static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
    }
}
