using System.Globalization;

namespace Devoxx.Runtime.Setup;

/// <summary>A list of processors as the kernel writes it (cpuset(7), "List format"): <c>0-3,7</c>.</summary>
internal static class CpuList
{
    /// <summary>Room for 8192 processors, the most that Linux can be built for.</summary>
    public const int MaskBytes = 1024;

    /// <summary>Sets the bit of each processor; throws when it is no such list.</summary>
    public static void Parse(string text, Span<byte> mask)
    {
        foreach (var part in text.Split(','))
        {
            var dash = part.IndexOf('-');
            var (first, last) = dash < 0 ? (Number(part, text), Number(part, text)) : (Number(part[..dash], text), Number(part[(dash + 1)..], text));
            if (last < first)
            {
                throw Refused(text);
            }

            for (var cpu = first; cpu <= last; cpu++)
            {
                mask[cpu / 8] |= (byte)(1 << (cpu % 8));
            }
        }
    }

    private static int Number(string digits, string text) =>
        int.TryParse(digits.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var cpu) && cpu < MaskBytes * 8 ? cpu : throw Refused(text);

    private static SetupException Refused(string text) => new($"'{text}' is no list of processors, such as 0-3,7");
}
