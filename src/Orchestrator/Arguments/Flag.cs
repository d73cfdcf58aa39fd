namespace Devoxx.Orchestrator.Arguments;

/// <summary>
/// One option of a verb, in the grammar of pflag, which <c>docker compose</c> uses: <c>--name value</c>, <c>--name=value</c>,
/// <c>-n value</c>, <c>-nvalue</c>, <c>-ab</c> for two switches; given twice, the last one counts.
/// </summary>
internal abstract record Flag(string Name, char? Short, string Description)
{
    /// <summary>Kept out of <c>--help</c>: accepted for the reference's sake only.</summary>
    public bool Hidden { get; init; }

    /// <summary>What <c>--help</c> shows after the name; null for a switch.</summary>
    public abstract string? ValueName { get; }

    /// <summary>Why <paramref name="value"/> is not acceptable; null when it is.</summary>
    public abstract string? Refuse(string value);

    /// <summary>As the reference names a flag in an error: <c>-t, --timeout</c>.</summary>
    public string Display => Short is { } letter ? $"-{letter}, --{Name}" : $"--{Name}";
}

/// <summary>An option without a value; <c>--name=false</c> takes it back.</summary>
internal sealed record SwitchFlag(string Name, char? Short, string Description) : Flag(Name, Short, Description)
{
    public override string? ValueName => null;

    public override string? Refuse(string value) => Parse(value) is null ? "it is either true or false" : null;

    internal static bool? Parse(string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}

/// <summary>An option with one value, one of <see cref="Choices"/> if there are any.</summary>
internal sealed record TextFlag(string Name, char? Short, string Description) : Flag(Name, Short, Description)
{
    public IReadOnlyList<string> Choices { get; init; } = [];

    public override string ValueName => "string";

    public override string? Refuse(string value) =>
        Choices.Count == 0 || Choices.Contains(value) ? null : $"it is one of {string.Join(", ", Choices)}";
}

/// <summary>An option with a whole number of at least <see cref="Least"/>.</summary>
internal sealed record NumberFlag(string Name, char? Short, string Description) : Flag(Name, Short, Description)
{
    public int Least { get; init; }

    public override string ValueName => "int";

    public override string? Refuse(string value) =>
        !int.TryParse(value, out var number) ? "not a whole number" : number < Least ? $"it is at least {Least}" : null;
}

/// <summary>An option that may be given several times, one value each.</summary>
internal sealed record ListFlag(string Name, char? Short, string Description) : Flag(Name, Short, Description)
{
    public override string ValueName => "stringArray";

    public override string? Refuse(string value) => null;
}
