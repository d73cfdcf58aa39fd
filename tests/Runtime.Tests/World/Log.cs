namespace Devoxx.Runtime.Tests.World;

/// <summary>Reads a container's log.</summary>
public static class Log
{
    public static string[] Lines(Bundle bundle) => File.Exists(bundle.Path + "/log") ? File.ReadAllLines(bundle.Path + "/log") : [];

    /// <summary>The text of one stream, pieces of lines put together again.</summary>
    public static IReadOnlyList<string> Text(Bundle bundle, string stream)
    {
        var lines = new List<string>();
        var piece = "";
        foreach (var line in Lines(bundle))
        {
            var parts = line.Split(' ', 4);
            if (parts[1] != stream)
            {
                continue;
            }

            piece += parts[3];
            if (parts[2] == "F")
            {
                lines.Add(piece);
                piece = "";
            }
        }

        return piece.Length == 0 ? lines : [.. lines, piece];
    }
}
