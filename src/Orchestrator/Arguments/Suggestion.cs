namespace Devoxx.Orchestrator.Arguments;

/// <summary>"Did you mean": the nearest known word, if one is near enough to be meant.</summary>
internal static class Suggestion
{
    /// <summary>The candidate with the least edits from <paramref name="typed"/>: at most 2, and fewer than half of the word; or one that it begins.</summary>
    public static string? For(string typed, IEnumerable<string> candidates)
    {
        string? best = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(typed, candidate);
            if (distance < least)
            {
                (best, least) = (candidate, distance);
            }
            else if (least > 2 && typed.Length > 3 && candidate.StartsWith(typed, StringComparison.Ordinal))
            {
                (best, least) = (candidate, 2);
            }
        }

        return best is not null && least <= 2 && least * 2 < best.TrimStart('-').Length + 1 ? best : null;
    }

    /// <summary>Insertions, deletions, replacements, and swaps of two neighbours (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        var before = new int[right.Length + 1];
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }
}
