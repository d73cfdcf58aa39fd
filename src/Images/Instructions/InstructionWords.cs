using System.Text;

namespace Devoxx.Images.Instructions;

/// <summary>
/// The words of a Dockerfile instruction, as its reference has them: quotes and backslashes are taken off, <c>$NAME</c>, <c>${NAME}</c>, <c>${NAME:-word}</c> and
/// <c>${NAME:+word}</c> are replaced but within single quotes.
/// </summary>
/// <param name="value">A variable's value; null for one that is not set.</param>
internal sealed class InstructionWords(string text, Func<string, string?> value)
{
    private readonly List<string> words = [];
    private readonly StringBuilder word = new();
    private bool inWord;

    /// <exception cref="ImageException">A quote or a brace is left open.</exception>
    public static List<string> Split(string text, Func<string, string?> value) => new InstructionWords(text, value).Read();

    private List<string> Read()
    {
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                End();
                continue;
            }

            inWord = true;
            if (c == '\\' && quote != '\'' && i + 1 < text.Length && (quote == '\0' || text[i + 1] is '"' or '\\' or '$'))
            {
                word.Append(text[++i]);
            }
            else if (c is '"' or '\'' && (quote == '\0' || quote == c))
            {
                quote = quote == c ? '\0' : c;
            }
            else if (c == '$' && quote != '\'')
            {
                i = Variable(i);
            }
            else
            {
                word.Append(c);
            }
        }

        if (quote != '\0')
        {
            throw new ImageException($"'{text}': a quote is left open");
        }

        End();
        return words;
    }

    /// <returns>Where the variable ends.</returns>
    private int Variable(int dollar)
    {
        var braced = dollar + 1 < text.Length && text[dollar + 1] == '{';
        var start = dollar + (braced ? 2 : 1);
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end == start && !braced)
        {
            word.Append('$');
            return dollar;
        }

        var found = value(text[start..end]);
        if (!braced)
        {
            word.Append(found);
            return end - 1;
        }

        var close = text.IndexOf('}', end);
        if (close < 0)
        {
            throw new ImageException($"'{text}': a brace is left open");
        }

        var rest = text[end..close];
        word.Append(rest switch
        {
            "" => found,
            [':', '-', .. var otherwise] => string.IsNullOrEmpty(found) ? otherwise : found,
            [':', '+', .. var instead] => string.IsNullOrEmpty(found) ? "" : instead,
            _ => throw new ImageException($"'{text}': ${{…{rest}}} is not understood"),
        });
        return close;
    }

    private void End()
    {
        if (inWord)
        {
            words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}
