using System.Text;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Interpolation;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Dotenv;

/// <summary>
/// The syntax of `.env` files: KEY=VALUE or KEY: VALUE, `export`, comments, single and double quotes over several lines,
/// escapes and variables in all but single quotes; a KEY alone is taken from the surroundings. Follows compose-go dotenv.
/// </summary>
internal sealed class DotEnv
{
    private readonly string _file;
    private readonly string _text;
    private readonly IDictionary<string, string> _variables;
    private readonly Func<string, string?> _lookup;
    private readonly DiagnosticList _diagnostics;
    private int _at;

    private DotEnv(string file, string text, IDictionary<string, string> variables, Func<string, string?> lookup, DiagnosticList diagnostics)
    {
        (_file, _text, _variables, _lookup, _diagnostics) = (file, text, variables, lookup, diagnostics);
        if (text.StartsWith('﻿')) _at = 1;
    }

    /// <summary>Adds what the file says to the variables, replacing those it names.</summary>
    /// <exception cref="ComposeException">The file is malformed.</exception>
    internal static void Parse(string file, string text, IDictionary<string, string> variables, Func<string, string?> lookup, DiagnosticList diagnostics) =>
        new DotEnv(file, text, variables, lookup, diagnostics).Statements();

    private void Statements()
    {
        while (SkipToStatement())
        {
            var key = Key(out var alone);
            if (alone)
            {
                if (_lookup(key) is { } inherited) _variables[key] = inherited;
            }
            else _variables[key] = Value();
        }
    }

    private bool SkipToStatement()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at])) _at++;
            else if (_text[_at] != '#') return true;
            else
            {
                var newline = _text.IndexOf('\n', _at);
                _at = newline < 0 ? _text.Length : newline;
            }
        }
        return false;
    }

    private string Key(out bool alone)
    {
        const string export = "export";
        if (string.CompareOrdinal(_text, _at, export, 0, export.Length) == 0 && _at + export.Length < _text.Length && char.IsWhiteSpace(_text[_at + export.Length]))
        {
            _at += export.Length;
            SkipSpaces();
        }
        for (var i = _at; i < _text.Length; i++)
        {
            var c = _text[i];
            if (c is '=' or ':' or '\n')
            {
                var key = _text[_at..i].TrimEnd();
                if (key.Contains(' ')) throw Error(_at, $"`{key}` has a space in it; a variable's name has none");
                alone = c == '\n';
                _at = i + 1;
                SkipSpaces();
                return key;
            }
            if (!IsSpace(c) && c is not ('_' or '.' or '-' or '[' or ']') && !char.IsLetter(c) && !char.IsNumber(c) && !char.IsSurrogate(c))
                throw Error(i, $"`{c}` cannot stand in a variable's name; write NAME=VALUE");
        }
        // The file ends in the middle of a name: to the reference, that is the value of a variable without one.
        alone = false;
        return "";
    }

    private string Value()
    {
        if (_at >= _text.Length) return "";
        var quote = _text[_at];
        if (quote is not ('"' or '\''))
        {
            var newline = _text.IndexOf('\n', _at);
            var start = _at;
            var value = newline < 0 ? _text[_at..] : _text[_at..newline];
            _at = newline < 0 ? _text.Length : newline + 1;
            var comment = value.IndexOf(" #", StringComparison.Ordinal);
            return Expand((comment < 0 ? value : value[..comment]).TrimEnd(), start);
        }
        var text = new StringBuilder();
        var escaped = false;
        for (var i = _at + 1; i < _text.Length; i++)
        {
            var c = _text[i];
            if (c == quote && !escaped)
            {
                var start = _at;
                _at = i + 1;
                return quote == '"' ? Expand(Unescape(text.ToString()), start) : text.ToString();
            }
            if (c == '\\' && !escaped)
            {
                escaped = true;
                continue;
            }
            if (escaped && c != quote) text.Append('\\');
            escaped = false;
            text.Append(c);
        }
        throw Error(_at, "this quote is never closed");
    }

    private string Expand(string value, int start)
    {
        try
        {
            return Template.Substitute(value, name => _lookup(name) ?? (_variables.TryGetValue(name, out var known) ? known : null),
                name => _diagnostics.Warning(At(start), $"variable {name} is not set, so it is empty here; set it, or write ${{{name}:-default}}"));
        }
        catch (TemplateException error)
        {
            throw Error(start, error.Message);
        }
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\')) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }
            var c = text[++i];
            var plain = c switch { 'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', '"' or '\\' => c, _ => '\0' };
            if (plain != '\0') result.Append(plain);
            else if (c == '$') result.Append("$$");
            else if (c == '0')
            {
                var length = 0;
                while (length < 3 && i + 1 + length < text.Length && char.IsAsciiDigit(text[i + 1 + length])) length++;
                var digits = text.Substring(i + 1, length);
                i += length;
                if (length == 3 && !digits.AsSpan().ContainsAny('8', '9') && Convert.ToInt32(digits, 8) is var code and <= 255) result.Append((char)code);
                else result.Append('\\').Append(digits);
            }
            else result.Append('\\').Append(c);
        }
        return result.ToString();
    }

    private void SkipSpaces()
    {
        while (_at < _text.Length && IsSpace(_text[_at])) _at++;
    }

    private static bool IsSpace(char c) => c is '\t' or '\v' or '\f' or '\r' or ' ' or '\u0085' or '\u00a0';

    private ComposeException Error(int at, string message) => new(At(at), message);

    private Position At(int at)
    {
        var before = _text.AsSpan(0, Math.Min(at, _text.Length));
        return new Position(_file, before.Count('\n') + 1, at - before.LastIndexOf('\n'));
    }
}
