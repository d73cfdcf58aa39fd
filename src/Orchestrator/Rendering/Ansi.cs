namespace Devoxx.Orchestrator.Rendering;

/// <summary>Escape sequences of ECMA-48.</summary>
internal static class Ansi
{
    public const string HideCursor = "\e[?25l";
    public const string ShowCursor = "\e[?25h";
    public const string EraseToEndOfLine = "\e[K";
    public const string EraseBelow = "\e[J";
    public const string Home = "\e[H";
    public const string Reset = "\e[0m";

    public static string Up(int rows) => rows > 0 ? $"\e[{rows}A" : "";

    /// <param name="code">Parameters of SGR, e.g. <c>33;1</c>.</param>
    public static string Colour(string code, string text, bool enabled) => enabled ? $"\e[{code}m{text}{Reset}" : text;
}
