using System.Globalization;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>Sizes as docker prints them: powers of 1000, four significant digits (<c>4.261MB</c>).</summary>
internal static class HumanSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <param name="bytes">Bytes, not negative.</param>
    /// <param name="digits">Significant digits.</param>
    public static string Of(long bytes, int digits = 4)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        // Go's %.4g: significant digits, no trailing zeros.
        var whole = value < 1 ? 1 : (int)Math.Floor(Math.Log10(value)) + 1;
        return Math.Round(value, Math.Max(digits - whole, 0)).ToString("0.###", CultureInfo.InvariantCulture) + Units[unit];
    }
}
