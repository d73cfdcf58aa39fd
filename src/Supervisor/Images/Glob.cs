namespace Devoxx.Supervisor.Images;

/// <summary>Patterns of Go's <c>path.Match</c>: <c>*</c> and <c>?</c> stop at slashes, <c>[a-z]</c> and <c>[^a-z]</c> are one character. Pure.</summary>
internal static class Glob
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        while (!pattern.IsEmpty)
        {
            if (pattern[0] == '*')
            {
                var rest = pattern.TrimStart('*');
                for (var i = 0; ; i++)
                {
                    if (Matches(rest, text[i..]))
                    {
                        return true;
                    }

                    if (i == text.Length || text[i] == '/')
                    {
                        return false;
                    }
                }
            }

            if (text.IsEmpty || !One(ref pattern, text[0]))
            {
                return false;
            }

            text = text[1..];
        }

        return text.IsEmpty;
    }

    /// <summary>Takes what is for one character off the pattern.</summary>
    private static bool One(ref ReadOnlySpan<char> pattern, char c)
    {
        var first = pattern[0];
        if (first == '[' && pattern[1..].IndexOf(']') is var close and > 0)
        {
            var set = pattern[1..(close + 1)];
            pattern = pattern[(close + 2)..];
            var negated = set[0] is '^' or '!';
            set = negated ? set[1..] : set;
            var found = false;
            for (var i = 0; i < set.Length; i++)
            {
                var (from, to) = (set[i], i + 2 < set.Length && set[i + 1] == '-' ? set[i + 2] : set[i]);
                i += from == to ? 0 : 2;
                found |= c >= from && c <= to;
            }

            return found != negated && c != '/';
        }

        if (first == '\\' && pattern.Length > 1)
        {
            first = pattern[1];
            pattern = pattern[1..];
        }
        else if (first == '?')
        {
            pattern = pattern[1..];
            return c != '/';
        }

        pattern = pattern[1..];
        return first == c;
    }
}
