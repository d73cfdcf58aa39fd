using System.Text;

namespace Devoxx.Compose.Yaml;

/// <summary>
/// YamlDotNet demands that the lines of a flow collection or of a double-quoted scalar be indented deeper than their key, and
/// that a space part a closing quote from a comment; libyaml, and so the reference, does not. White space at the start of such
/// lines means nothing, so more of it makes the same document readable. Used for files that are refused as they stand; a light
/// scan, good enough to find quotes, brackets, comments and block scalars.
/// </summary>
internal sealed class Relaxation
{
    private const int Padding = 400;

    private readonly string _text;
    private readonly StringBuilder _relaxed;
    private readonly List<bool> _padded = [false];
    private int _at;
    private int _lineStart;
    private int _flow;
    private int _blockColumn = -1;

    private Relaxation(string text)
    {
        _text = text;
        _relaxed = new StringBuilder(text.Length + 4096);
        while (_at < text.Length) Token();
    }

    /// <summary>The same document, its continuation lines indented deeply.</summary>
    internal static Relaxation Of(string text) => new(text);

    internal string Text => _relaxed.ToString();

    /// <summary>The column, counted from 1, that a column of the relaxed text was in the original.</summary>
    internal int OriginalColumn(int line, int column) =>
        line >= 1 && line <= _padded.Count && _padded[line - 1] ? Math.Max(1, column - Padding) : column;

    /// <summary>What stands at the start of a token: an indicator, a quoted or block scalar, a comment, or plain text.</summary>
    private void Token()
    {
        var c = _text[_at];
        if (c is ' ' or '\t' or '\r') Copy();
        else if (c == '\n') NewLine(continued: _flow > 0);
        else if (c == '#' && (_at == _lineStart || IsBlank(_at - 1))) CopyLine();
        else if (c is '"' or '\'') Quoted(c);
        else if (c is '[' or '{') Bracket(+1);
        else if (c is ']' or '}' && _flow > 0) Bracket(-1);
        else if (_flow > 0 && c == ',') Copy();
        else if (_flow == 0 && c is '|' or '>' && _flow == 0) BlockScalar();
        else if (c is '-' or '?' or ':' && EndsWord(_at + 1))
        {
            if (_flow == 0 && c != ':') _blockColumn = _at - _lineStart;
            Copy();
        }
        else if (c is '&' or '*' or '!') CopyWhile(at => !EndsWord(at) && !(_flow > 0 && _text[at] is ',' or ']' or '}'));
        else Plain();
    }

    private void Plain()
    {
        var start = _at;
        CopyWhile(at => _text[at] != '\n' && !(_text[at] == ':' && EndsWord(at + 1)) && !(_text[at] == '#' && IsBlank(at - 1))
            && !(_flow > 0 && _text[at] is ',' or '[' or ']' or '{' or '}' && _flow > 0));
        if (_flow == 0 && _at < _text.Length && _text[_at] == ':') _blockColumn = start - _lineStart;
        if (_at == start) Copy();
    }

    private void Quoted(char quote)
    {
        var start = _at - _lineStart;
        Copy();
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\n')
            {
                NewLine(continued: true);
                continue;
            }
            Copy();
            if (c == '\\' && quote == '"' && _at < _text.Length && _text[_at] != '\n') Copy();
            else if (c == quote && quote == '\'' && _at < _text.Length && _text[_at] == '\'') Copy();
            else if (c == quote) break;
        }
        if (_at < _text.Length && _text[_at] == '#') _relaxed.Append(' ');
        var next = _at;
        while (next < _text.Length && _text[next] is ' ' or '\t') next++;
        if (_flow == 0 && next < _text.Length && _text[next] == ':') _blockColumn = start;
    }

    private void Bracket(int change)
    {
        _flow += change;
        Copy();
    }

    /// <summary>A literal or folded scalar: every line that is blank or indented deeper than its key.</summary>
    private void BlockScalar()
    {
        CopyLine();
        while (_at < _text.Length)
        {
            NewLine(continued: false);
            var indent = 0;
            while (_at + indent < _text.Length && _text[_at + indent] == ' ') indent++;
            var blank = _at + indent >= _text.Length || _text[_at + indent] is '\n' or '\r';
            if (!blank && indent <= _blockColumn) return;
            CopyLine();
        }
    }

    private void NewLine(bool continued)
    {
        Copy();
        _lineStart = _at;
        _padded.Add(continued);
        if (continued) _relaxed.Append(' ', Padding);
    }

    private void CopyLine() => CopyWhile(at => _text[at] != '\n');

    private void CopyWhile(Func<int, bool> holds)
    {
        var start = _at;
        while (_at < _text.Length && holds(_at)) _at++;
        _relaxed.Append(_text, start, _at - start);
    }

    private void Copy() => _relaxed.Append(_text[_at++]);

    private bool IsBlank(int at) => at < 0 || _text[at] is ' ' or '\t' or '\n' or '\r';

    private bool EndsWord(int at) => at >= _text.Length || IsBlank(at);
}
