using System.Numerics;
using System.Text;

namespace Devoxx.Compose.Rendering;

/// <summary>
/// The order of keys in the reference's YAML: by letters, with runs of digits compared as numbers, and what is neither before letters,
/// except after a digit.
/// </summary>
internal sealed class KeyOrder : IComparer<string>
{
    internal static readonly KeyOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        Rune[] a = [.. (x ?? "").EnumerateRunes()], b = [.. (y ?? "").EnumerateRunes()];
        var same = 0;
        while (same < a.Length && same < b.Length && a[same] == b[same]) same++;
        if (same == a.Length || same == b.Length) return a.Length.CompareTo(b.Length);
        var (letterA, letterB) = (Rune.IsLetter(a[same]), Rune.IsLetter(b[same]));
        if (letterA && letterB) return a[same].CompareTo(b[same]);
        if (letterA || letterB)
        {
            var afterDigit = same > 0 && Rune.IsDigit(a[same - 1]);
            return letterA == afterDigit ? -1 : 1;
        }
        // A zero counts only after another digit of its number.
        var lead = (a[same] == Zero || b[same] == Zero) && InNumber(a, same) ? BigInteger.One : BigInteger.Zero;
        var (numberA, endA) = Number(a, same, lead);
        var (numberB, endB) = Number(b, same, lead);
        return numberA != numberB ? numberA.CompareTo(numberB) : endA != endB ? endA.CompareTo(endB) : a[same].CompareTo(b[same]);
    }

    private static readonly Rune Zero = new('0');

    private static bool InNumber(Rune[] text, int at)
    {
        while (--at >= 0 && Rune.IsDigit(text[at]))
            if (text[at] != Zero) return true;
        return false;
    }

    private static (BigInteger Value, int End) Number(Rune[] text, int at, BigInteger value)
    {
        for (; at < text.Length && Rune.IsDigit(text[at]); at++) value = value * 10 + (int)Rune.GetNumericValue(text[at]);
        return (value, at);
    }
}
