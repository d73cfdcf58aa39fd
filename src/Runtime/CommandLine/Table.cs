using System.Text;

namespace Devoxx.Runtime.CommandLine;

/// <summary>Columns as wide as their widest cell.</summary>
internal static class Table
{
    public static void Write(IReadOnlyList<string[]> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                var width = 0;
                foreach (var other in rows)
                {
                    width = Math.Max(width, column < other.Length ? other[column].Length : 0);
                }

                text.Append(column == row.Length - 1 ? row[column] : row[column].PadRight(width + 2));
            }

            text.Append('\n');
        }

        Failure.Write(1, text.ToString());
    }
}
