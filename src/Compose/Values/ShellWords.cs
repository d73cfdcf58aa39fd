using System.Collections.Immutable;
using System.Text;

namespace Devoxx.Compose.Values;

/// <summary>
/// A command line split into words. No shell runs: quotes and backslashes are taken off, variables stay. As in the
/// reference (mattn/go-shellwords), an unquoted <c>;</c>, <c>&amp;</c>, <c>|</c>, <c>&lt;</c> or <c>&gt;</c> ends the command.
/// </summary>
internal static class ShellWords
{
    /// <summary>The words, or null if a quote is left open or a parenthesis stands alone.</summary>
    internal static ImmutableArray<string>? Split(string line)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        bool inWord = false, escaped = false, single = false, twofold = false, backQuote = false, substitution = false;
        var i = 0;
        for (; i < line.Length; i++)
        {
            var c = line[i];
            if (escaped)
            {
                word.Append(c switch { 't' => '\t', 'n' => '\n', _ => c });
                escaped = false;
                inWord = true;
                continue;
            }
            if (c == '\\')
            {
                if (single) word.Append(c);
                else escaped = true;
                continue;
            }
            if (c is ' ' or '\t' or '\r' or '\n')
            {
                if (single || twofold || backQuote || substitution) word.Append(c);
                else if (inWord)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    inWord = false;
                }
                continue;
            }
            switch (c)
            {
                case '`' when !single && !twofold && !substitution:
                    backQuote = !backQuote;
                    break;
                case ')' when !single && !twofold && !backQuote:
                    substitution = !substitution;
                    break;
                case '(' when !single && !twofold && !backQuote:
                    if (substitution || word.Length == 0 || word[^1] != '$') return null;
                    substitution = true;
                    word.Append('(');
                    continue;
                case '"' when !single && !substitution:
                    if (twofold) inWord = true;
                    twofold = !twofold;
                    continue;
                case '\'' when !twofold && !substitution:
                    if (single) inWord = true;
                    single = !single;
                    continue;
                case ';' or '&' or '|' or '<' or '>' when !single && !twofold && !backQuote && !substitution:
                    // `2>` is a redirection of a descriptor: the digit is not a word.
                    if (c == '>' && word.Length > 0 && char.IsAsciiDigit(word[0])) inWord = false;
                    i = line.Length;
                    continue;
            }
            inWord = true;
            word.Append(c);
        }
        if (escaped || single || twofold || backQuote || substitution) return null;
        if (inWord) words.Add(word.ToString());
        return words.ToImmutable();
    }
}
