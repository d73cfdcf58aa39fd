using System.Buffers;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Devoxx.Compose.Yaml;

/// <summary>Text to documents, by way of the parser's events: nothing here knows types or uses reflection.</summary>
internal sealed class YamlReader
{
    /// <summary>The largest file that is read, in characters.</summary>
    private const int MaxLength = 16 * 1024 * 1024;

    /// <summary>The deepest nesting that is read; every later phase recurses no deeper.</summary>
    private const int MaxDepth = 200;

    private readonly string _file;
    private readonly Relaxation? _relaxation;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private YamlReader(string file, string text, Relaxation? relaxation)
    {
        _file = file;
        _relaxation = relaxation;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The documents of a file. Throws <see cref="ComposeException"/> with the position of what is not YAML.</summary>
    internal static List<YamlNode> Read(string file, string text)
    {
        if (text.Length > MaxLength)
            throw new ComposeException(new Position(file, 0, 0), $"the file has {text.Length} characters; at most {MaxLength} are read");
        if (text.StartsWith('\ufeff')) text = text[1..];
        RefuseBadCharacters(file, text);
        if (Parse(file, text, null, out var refusal) is { } documents) return documents;
        var relaxation = Relaxation.Of(text);
        return Parse(file, relaxation.Text, relaxation, out _) ?? throw refusal!;
    }

    private static List<YamlNode>? Parse(string file, string text, Relaxation? relaxation, out ComposeException? refusal)
    {
        refusal = null;
        try
        {
            return new YamlReader(file, text, relaxation).Documents();
        }
        catch (YamlException error)
        {
            refusal = new ComposeException(new Position(file, (int)error.Start.Line, (int)error.Start.Column), $"not valid YAML: {Uncapitalise(error.Message).TrimEnd('.')}");
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException or FormatException or OverflowException)
        {
            // YamlDotNet 18.1 meets some malformed input (`ports: [80, 81` and a key below) with exceptions of its own state.
            refusal = new ComposeException(new Position(file, 0, 0), "not valid YAML: a bracket, brace or quote is not closed, or a line is indented wrongly");
        }
        return null;
    }

    private List<YamlNode> Documents()
    {
        var documents = new List<YamlNode>();
        _parser.Consume<StreamStart>();
        while (!_parser.TryConsume<StreamEnd>(out _))
        {
            var start = _parser.Consume<DocumentStart>();
            if (start.IsImplicit && documents.Count > 0) throw new ComposeException(At(start.Start), "not valid YAML: a further document begins with `---`");
            _anchors.Clear();
            documents.Add(Node(0));
            _parser.Consume<DocumentEnd>();
        }
        return documents;
    }

    private YamlNode Node(int depth, bool inFlow = false)
    {
        var next = _parser.Current ?? throw new ComposeException(new Position(_file, 0, 0), "not valid YAML: the file ends in the middle of a value");
        var position = At(next.Start);
        if (depth > MaxDepth) throw new ComposeException(position, $"nested deeper than {MaxDepth} levels; flatten the file");
        switch (next)
        {
            case AnchorAlias alias:
                _parser.MoveNext();
                CheckAnchor(alias.Value.Value, position);
                if (!_anchors.TryGetValue(alias.Value.Value, out var target))
                    throw new ComposeException(position, $"unknown anchor '{alias.Value.Value}'; an alias names an anchor (&{alias.Value.Value}) that stands above it");
                if (target.Open) throw new ComposeException(position, $"anchor '{alias.Value.Value}' contains itself");
                return target;
            case Scalar scalar:
                _parser.MoveNext();
                var leaf = new YamlNode(YamlKind.Scalar, position, ShortTag(scalar.Tag)) { Value = scalar.Value, Plain = scalar.Style == ScalarStyle.Plain };
                if (leaf.Plain && leaf.Value.Length > 0 && leaf.Value[0] is '`' or '@' or '%')
                    throw new ComposeException(position, $"not valid YAML: no value can begin with `{leaf.Value[0]}`; quote it: \"{leaf.Value}\"");
                // go-yaml ends a plain scalar of a flow collection at a question mark, and then finds no comma.
                if (inFlow && leaf.Plain && leaf.Value.Contains('?')) throw new ComposeException(position, $"not valid YAML: `{leaf.Value}` has a question mark in it and stands between brackets; quote it: \"{leaf.Value}\"");
                if (!scalar.Anchor.IsEmpty) Anchor(scalar.Anchor, leaf);
                return leaf;
            case SequenceStart sequence:
                _parser.MoveNext();
                var list = Open(new YamlNode(YamlKind.Sequence, position, ShortTag(sequence.Tag)), sequence.Anchor);
                while (!_parser.TryConsume<SequenceEnd>(out _)) list.Content.Add(Node(depth + 1, sequence.Style == SequenceStyle.Flow));
                list.Open = false;
                return list;
            case MappingStart mapping:
                _parser.MoveNext();
                var map = Open(new YamlNode(YamlKind.Mapping, position, ShortTag(mapping.Tag)), mapping.Anchor);
                while (!_parser.TryConsume<MappingEnd>(out _)) map.Content.Add(Node(depth + 1, mapping.Style == MappingStyle.Flow));
                map.Open = false;
                return map;
            default:
                throw new ComposeException(position, "not valid YAML: a value was expected here");
        }
    }

    private void Anchor(AnchorName anchor, YamlNode node)
    {
        CheckAnchor(anchor.Value, node.Position);
        _anchors[anchor.Value] = node;
    }

    private YamlNode Open(YamlNode node, AnchorName anchor)
    {
        node.Open = true;
        if (!anchor.IsEmpty) Anchor(anchor, node);
        return node;
    }

    private Position At(Mark mark) => new(_file, (int)mark.Line, _relaxation?.OriginalColumn((int)mark.Line, (int)mark.Column) ?? (int)mark.Column);

    /// <summary>libyaml, and so the reference, allows these only; others may look like a mistake it would find.</summary>
    private static void CheckAnchor(string name, Position position)
    {
        if (name.AsSpan().ContainsAnyExcept(AnchorCharacters)) throw new ComposeException(position, $"`{name}` cannot name an anchor; use letters, digits, `_` and `-`");
    }

    private static string ShortTag(TagName tag)
    {
        const string core = "tag:yaml.org,2002:";
        if (tag.IsEmpty || tag.IsNonSpecific) return "";
        return tag.Value.StartsWith(core, StringComparison.Ordinal) ? string.Concat("!!", tag.Value.AsSpan(core.Length)) : tag.Value;
    }

    /// <summary>YAML has no control characters but tab, line feed and carriage return, and text has no lone surrogates.</summary>
    private static void RefuseBadCharacters(string file, string text)
    {
        for (var at = 0; (at = IndexOfSuspect(text, at)) >= 0; at++)
        {
            var c = text[at];
            if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at++;
                continue;
            }
            var before = text.AsSpan(0, at);
            throw new ComposeException(new Position(file, before.Count('\n') + 1, at - before.LastIndexOf('\n')), char.IsSurrogate(c)
                ? $"not valid UTF-8: byte 0x{(byte)c:X2} stands here; save the file as UTF-8"
                : $"control characters are not allowed, and U+{(int)c:X4} stands here; write it as an escape in double quotes");
        }
    }

    private static int IndexOfSuspect(string text, int start)
    {
        var at = text.AsSpan(start).IndexOfAny(Suspects);
        return at < 0 ? -1 : start + at;
    }

    private static readonly SearchValues<char> AnchorCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-");

    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(static c => c is not (9 or 10 or 13)).Concat(Enumerable.Range(0x7f, 0x21).Where(static c => c != 0x85))
            .Concat(Enumerable.Range(0xd800, 0x800)).Append(0xfffe).Append(0xffff).Select(static c => (char)c)]);

    private static string Uncapitalise(string message) =>
        message.Length > 1 && char.IsUpper(message[0]) && !char.IsUpper(message[1]) ? char.ToLowerInvariant(message[0]) + message[1..] : message;
}
