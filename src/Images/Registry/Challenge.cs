namespace Devoxx.Images.Registry;

/// <summary>One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1): a scheme and its parameters.</summary>
internal sealed record Challenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Reads all challenges of a header value; several may share one line.</summary>
    public static IReadOnlyList<Challenge> Parse(string header)
    {
        var challenges = new List<Challenge>();
        var at = 0;
        while (at < header.Length)
        {
            at = SkipBlanks(header, at);
            var scheme = Token(header, ref at);
            if (scheme.Length == 0)
            {
                break;
            }

            var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (true)
            {
                at = SkipBlanks(header, at);
                var mark = at;
                var key = Token(header, ref at);
                var equals = SkipBlanks(header, at);
                if (key.Length == 0 || equals >= header.Length || header[equals] != '=')
                {
                    // Not a parameter: the next challenge, or the end.
                    at = mark;
                    break;
                }

                at = equals + 1;
                parameters[key] = Value(header, ref at);
            }

            challenges.Add(new Challenge(scheme, parameters));
        }

        return challenges;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or ',')
        {
            at++;
        }

        return at;
    }

    private static string Token(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_' or '.' or '+' or '~' or '!' or '*'))
        {
            at++;
        }

        return text[start..at];
    }

    private static string Value(string text, ref int at)
    {
        at = SkipBlanks(text, at);
        if (at >= text.Length || text[at] != '"')
        {
            var start = at;
            while (at < text.Length && text[at] is not (',' or ' '))
            {
                at++;
            }

            return text[start..at];
        }

        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }

        at = Math.Min(at + 1, text.Length);
        return value.ToString();
    }
}
