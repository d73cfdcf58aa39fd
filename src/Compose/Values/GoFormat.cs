using System.Globalization;
using System.Text;

namespace Devoxx.Compose.Values;

/// <summary>
/// Numbers as the reference implementation prints them: <c>%v</c> where a value becomes a string, encoding/json where it
/// stays a number.
/// </summary>
internal static class GoFormat
{
    internal static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>fmt.Sprint</c> of a float64: the fewest digits that round-trip, with an exponent below 1e-4 and from 1e6 on.</summary>
    internal static string General(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        var shortest = Shortest.Of(value.ToString("R", CultureInfo.InvariantCulture));
        return shortest.Point - 1 is < -4 or >= 6 ? shortest.Exponent(pad: true) : shortest.Plain();
    }

    /// <summary>encoding/json of a float64: an exponent below 1e-6 and from 1e21.</summary>
    internal static string Json(double value) => Json(Math.Abs(value), Shortest.Of(value.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>encoding/json of a float32.</summary>
    internal static string JsonSingle(float value) => Json(Math.Abs(value), Shortest.Of(value.ToString("R", CultureInfo.InvariantCulture)));

    private static string Json(double magnitude, Shortest shortest) =>
        magnitude != 0 && magnitude is < 1e-6 or >= 1e21 ? shortest.Exponent(pad: false) : shortest.Plain();

    /// <summary>A number as its digits and the place of the point: 0.digits × 10^point.</summary>
    private readonly record struct Shortest(bool Negative, string Digits, int Point)
    {
        internal static Shortest Of(string roundTrip)
        {
            var negative = roundTrip[0] == '-';
            var text = negative ? roundTrip[1..] : roundTrip;
            var exponent = 0;
            var e = text.IndexOf('E');
            if (e >= 0)
            {
                exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                text = text[..e];
            }
            var dot = text.IndexOf('.');
            var point = (dot < 0 ? text.Length : dot) + exponent;
            var digits = dot < 0 ? text : text.Remove(dot, 1);
            var significant = digits.TrimStart('0');
            point -= digits.Length - significant.Length;
            significant = significant.TrimEnd('0');
            return significant.Length == 0 ? new(negative, "0", 1) : new(negative, significant, point);
        }

        internal string Plain()
        {
            var text = new StringBuilder();
            if (Negative) text.Append('-');
            if (Point <= 0) text.Append("0.").Append('0', -Point).Append(Digits);
            else if (Point >= Digits.Length) text.Append(Digits).Append('0', Point - Digits.Length);
            else text.Append(Digits, 0, Point).Append('.').Append(Digits, Point, Digits.Length - Point);
            return text.ToString();
        }

        internal string Exponent(bool pad)
        {
            var exponent = Point - 1;
            var text = new StringBuilder();
            if (Negative) text.Append('-');
            text.Append(Digits[0]);
            if (Digits.Length > 1) text.Append('.').Append(Digits, 1, Digits.Length - 1);
            text.Append('e').Append(exponent < 0 ? '-' : '+');
            exponent = Math.Abs(exponent);
            if (exponent < 10 && pad) text.Append('0');
            return text.Append(exponent).ToString();
        }
    }
}
