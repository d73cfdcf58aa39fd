using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

/// <summary>A walk through a tree and its shape; knows where it is, and tells what is wrong there.</summary>
internal sealed class SchemaCheck(DiagnosticList diagnostics)
{
    private readonly List<(string? Key, int Index)> _path = [];

    internal void Enter(string key) => _path.Add((key, 0));

    internal void Enter(int index) => _path.Add((null, index));

    internal void Leave() => _path.RemoveAt(_path.Count - 1);

    internal void Error(Node node, string wrong, string right) => Error(node.Position, wrong, right);

    internal void Error(Position position, string wrong, string right) => diagnostics.Error(position, $"{Path()}: {wrong}; {right}");

    internal void WrongType(Node node, string expected, bool quotable = false)
    {
        var found = node.IsNull ? "nothing is given" : $"this is {node.Describe()}";
        var hint = quotable && node is ScalarNode { Kind: not ScalarKind.Null and not ScalarKind.String } scalar ? $" is expected: \"{scalar.Text}\"" : " is expected";
        Error(node, found, expected + hint);
    }

    internal void UnknownKey(Position position, string key, IEnumerable<string> known)
    {
        var candidates = known as IReadOnlyCollection<string> ?? [.. known];
        Error(position, $"unknown key `{key}`", Nearest.Suggest(key, candidates) is { } near
            ? $"did you mean `{near}`?"
            : candidates.Count <= 12 ? "known are " + string.Join(", ", candidates.Order(StringComparer.Ordinal)) : "a key of your own begins with `x-`");
    }

    private string Path()
    {
        if (_path.Count == 0) return "top level";
        var text = new System.Text.StringBuilder();
        foreach (var (key, index) in _path)
        {
            if (key is null) text.Append('[').Append(index).Append(']');
            else text.Append(text.Length > 0 ? "." : "").Append(key);
        }
        return text.ToString();
    }
}
