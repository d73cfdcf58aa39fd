namespace Devoxx.Compose.Values;

/// <summary>Booleans written as strings, as YAML 1.1 had them.</summary>
internal static class Booleans
{
    internal static bool? Parse(string text) => text.ToLowerInvariant() switch
    {
        "true" or "y" or "yes" or "on" => true,
        "false" or "n" or "no" or "off" => false,
        _ => null,
    };
}
