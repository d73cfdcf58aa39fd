using System.Collections.Immutable;
using System.Text;

namespace Devoxx.Supervisor.Hooks;

/// <summary>Cuts what a command writes into lines, hands each on, and keeps the last of them: ten, of two thousand characters at most.</summary>
internal sealed class OutputTail(Action<string> line)
{
    private const int MostLines = 10, MostCharacters = 2000;

    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder partial = new();
    private readonly Queue<string> last = [];

    public ImmutableArray<string> Lines => [.. last];

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[bytes.Length + 1];
        foreach (var character in characters[..decoder.GetChars(bytes, characters, flush: false)])
        {
            if (character == '\n')
            {
                End();
            }
            else if (partial.Length < MostCharacters)
            {
                partial.Append(character);
            }
        }
    }

    /// <summary>What has no line feed behind it is a line, too.</summary>
    public void Complete()
    {
        if (partial.Length > 0)
        {
            End();
        }
    }

    private void End()
    {
        var text = partial.ToString().TrimEnd('\r');
        partial.Clear();
        line(text);
        last.Enqueue(text);
        while (last.Count > MostLines || (last.Count > 1 && last.Sum(l => l.Length) > MostCharacters))
        {
            last.Dequeue();
        }
    }
}
