namespace Devoxx.Compose.Schema;

/// <summary>The known word that a misspelt one is most likely to be.</summary>
internal static class Nearest
{
    /// <summary>Null if none is near: at most a third of the letters, and no more than three, may differ.</summary>
    internal static string? Suggest(string word, IEnumerable<string> known)
    {
        var limit = Math.Min(word.Length / 3, 3);
        string? best = null;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - word.Length) > limit) continue;
            var distance = Distance(word.ToLowerInvariant().Replace('-', '_'), candidate);
            if (distance > limit) continue;
            if (distance < limit || best is null) best = candidate;
            limit = Math.Min(limit, distance);
        }
        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
