namespace Devoxx.Orchestrator.Arguments;

/// <summary>What was typed: the values of each flag in their order, and the words that belong to no flag.</summary>
internal sealed class ParsedArguments(IReadOnlyDictionary<Flag, List<string>> values, IReadOnlyList<string> words)
{
    public static readonly ParsedArguments None = new(new Dictionary<Flag, List<string>>(), []);

    public IReadOnlyList<string> Words => words;

    public bool Given(Flag flag) => values.ContainsKey(flag);

    public bool Has(SwitchFlag flag) => Last(flag) is { } value && SwitchFlag.Parse(value) == true;

    public string? Value(TextFlag flag) => Last(flag);

    public int? Value(NumberFlag flag) => Last(flag) is { } value ? int.Parse(value) : null;

    public IReadOnlyList<string> Values(ListFlag flag) => values.TryGetValue(flag, out var all) ? all : [];

    private string? Last(Flag flag) => values.TryGetValue(flag, out var all) ? all[^1] : null;
}
