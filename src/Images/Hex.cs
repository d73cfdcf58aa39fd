namespace Devoxx.Images;

internal static class Hex
{
    public static bool IsLower(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept("0123456789abcdef");
}
