namespace Devoxx.Compose.Tree;

/// <summary>Where a node was written; line and column count from 1, line 0 is the file as a whole.</summary>
internal readonly record struct Position(string File, int Line, int Column)
{
    internal static readonly Position None = new("", 0, 0);
}
