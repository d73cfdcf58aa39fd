using System.Globalization;
using Devoxx.Native.Systemd;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Systemd;

/// <summary>Properties of the scope that a configuration asks for by annotations, as runc and crun have them: <c>org.systemd.property.TimeoutStopUSec: "uint64 5000000"</c>. Pure.</summary>
internal static class PropertyAnnotations
{
    private const string Prefix = "org.systemd.property.";

    public static IEnumerable<UnitProperty> Of(IReadOnlyDictionary<string, string>? annotations)
    {
        foreach (var (key, text) in annotations ?? new Dictionary<string, string>())
        {
            if (!key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var name = key[Prefix.Length..];
            if (name.Length < 3 || !name.All(char.IsAsciiLetter))
            {
                throw new SetupException($"annotation {key}: '{name}' is no name of a property");
            }

            yield return Property(key, name, text);
        }
    }

    private static UnitProperty Property(string key, string name, string text)
    {
        try
        {
            // Seconds are a unit of unit files; on the bus there are microseconds only.
            return name.EndsWith("Sec", StringComparison.Ordinal) && !name.EndsWith("USec", StringComparison.Ordinal)
                ? new UnitProperty(name[..^"Sec".Length] + "USec", DBusValue.UInt64(Microseconds(text)))
                : new UnitProperty(name, VariantText.Parse(text));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new SetupException($"annotation {key}: {e.Message}; expected a value in GVariant's text format, such as 'text', true or uint64 5");
        }
    }

    // Whatever the number's type is said to be.
    private static ulong Microseconds(string text)
    {
        var word = text.Trim().Split(' ')[^1];
        var seconds = double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture);
        return checked((ulong)(seconds * 1_000_000));
    }
}
