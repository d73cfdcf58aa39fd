using System.Buffers;
using System.Text;

namespace Devoxx.Compose.Interpolation;

/// <summary>A template is malformed, or lacks a variable it requires.</summary>
internal sealed class TemplateException(string message) : Exception(message);

/// <summary>
/// Variables in text: <c>$V ${V} ${V:-d} ${V-d} ${V:?e} ${V?e} ${V:+a} ${V+a} $$</c>, nested in defaults. A <c>$</c> before
/// anything else stays. The grammar, its greed for closing braces and its limit to one line are those of the reference
/// (compose-go template).
/// </summary>
internal static class Template
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>The text with variables replaced. A variable that is looked up, found by nobody and has no default is reported.</summary>
    /// <exception cref="TemplateException">The text is malformed or requires a variable that is not set.</exception>
    internal static string Substitute(string text, Func<string, string?> lookup, Action<string> unset)
    {
        var dollar = text.IndexOf('$');
        if (dollar < 0) return text;
        var result = new StringBuilder(text.Length + 32);
        var done = 0;
        while (dollar >= 0 && dollar + 1 < text.Length)
        {
            var end = dollar + 1;
            var next = text[end];
            string? value = null;
            if (next == '$')
            {
                value = "$";
                end++;
            }
            else if (IsNameStart(next))
            {
                end += NameLength(text.AsSpan(end));
                value = LookUp(text[(dollar + 1)..end], lookup, unset);
            }
            else if (next == '{')
            {
                var match = BracedLength(text.AsSpan(dollar));
                if (match == 0) throw Malformed(text, dollar);
                end = dollar + match;
                value = Braced(text[dollar..end], lookup, unset);
            }
            if (value is null)
            {
                dollar = text.IndexOf('$', end);
                continue;
            }
            result.Append(text, done, dollar - done).Append(value);
            done = end;
            dollar = text.IndexOf('$', done);
        }
        return done == 0 ? text : result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>
    /// How far <c>${NAME}</c> or <c>${NAME&lt;op&gt;…}</c> at the start reaches: with an operator, to the last brace of the
    /// line; 0 if it is malformed.
    /// </summary>
    internal static int BracedLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || !IsNameStart(text[2])) return 0;
        var end = 2 + NameLength(text[2..]);
        var op = end < text.Length && text[end] == ':' ? end + 1 : end;
        if (op < text.Length && text[op] is '-' or '+' or '?')
        {
            var line = text[op..];
            var newline = line.IndexOf('\n');
            if (newline >= 0) line = line[..newline];
            var close = line.LastIndexOf('}');
            if (close > 0) return op + close + 1;
        }
        return end < text.Length && text[end] == '}' ? end + 1 : 0;
    }

    private static string Braced(string match, Func<string, string?> lookup, Action<string> unset)
    {
        var close = ClosingBrace(match);
        var rest = close >= 0 ? match[(close + 1)..] : "";
        var inner = close >= 0 ? match[2..close] : match[2..^1];
        var nameLength = NameLength(inner);
        var name = inner[..nameLength];
        if (nameLength == inner.Length) return LookUp(name, lookup, unset) + Substitute(rest, lookup, unset);
        var colon = inner[nameLength] == ':';
        var op = inner[colon ? nameLength + 1 : nameLength];
        var argument = Substitute(inner[(nameLength + (colon ? 2 : 1))..], lookup, unset);
        var value = lookup(name);
        var present = colon ? !string.IsNullOrEmpty(value) : value is not null;
        var replaced = op switch
        {
            '-' => present ? value : argument,
            '+' => present ? argument : value,
            _ when present => value,
            _ => throw new TemplateException($"variable {name} is {(value is null ? "not set" : "empty")} and required{(argument.Length > 0 ? ": " + argument : "")}; set it in the shell or in .env"),
        };
        return replaced + Substitute(rest, lookup, unset);
    }

    /// <summary>The brace that closes the first; −1 if none does. Every brace counts, but not the character after an opening one.</summary>
    internal static int ClosingBrace(ReadOnlySpan<char> text)
    {
        var open = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '}' && --open == 0) return i;
            if (text[i] != '{') continue;
            open++;
            i++;
        }
        return -1;
    }

    internal static int NameLength(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(NameCharacters);
        return length < 0 ? text.Length : length;
    }

    internal static bool IsNameStart(char c) => c == '_' || char.IsAsciiLetter(c);

    private static string LookUp(string name, Func<string, string?> lookup, Action<string> unset)
    {
        var value = lookup(name);
        if (value is null) unset(name);
        return value ?? "";
    }

    private static TemplateException Malformed(string text, int dollar)
    {
        var end = text.AsSpan(dollar).IndexOfAny(' ', '\n');
        var shown = end < 0 ? text[dollar..] : text.Substring(dollar, end);
        if (shown.Length > 60) shown = shown[..60] + "…";
        return new TemplateException($"`{shown}` is not a variable; write ${{NAME}}, ${{NAME:-default}} or ${{NAME:?message}}, and $$ for a plain $");
    }
}
