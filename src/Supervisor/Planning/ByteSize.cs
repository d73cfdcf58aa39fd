using System.Globalization;

namespace Devoxx.Supervisor.Planning;

/// <summary>Sizes as Docker's options have them: <c>10m</c>, <c>1.5g</c>, <c>100kb</c>; units are powers of 1024.</summary>
public static class ByteSize
{
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().Trim();
        var end = digits.LastIndexOfAnyInRange('0', '9') + 1;
        var factor = digits[end..].Trim().ToString().ToLowerInvariant() switch
        {
            "" or "b" => 1L,
            "k" or "kb" or "kib" => 1L << 10,
            "m" or "mb" or "mib" => 1L << 20,
            "g" or "gb" or "gib" => 1L << 30,
            "t" or "tb" or "tib" => 1L << 40,
            _ => 0,
        };
        if (factor == 0 || !double.TryParse(digits[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value * factor > long.MaxValue)
        {
            return false;
        }

        bytes = (long)(value * factor);
        return true;
    }
}
