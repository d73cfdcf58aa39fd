using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

[Flags]
internal enum Types { String = 1, Integer = 2, Number = 4, Boolean = 8, Null = 16 }

/// <summary>A scalar of certain types, and perhaps only certain values.</summary>
internal sealed class ScalarShape(Types types) : Shape
{
    internal long? Minimum { get; init; }
    internal long? Maximum { get; init; }
    internal string[]? OneOf { get; init; }

    /// <summary>A test of strings, and what to say of a string that fails it.</summary>
    internal (Func<string, bool> Holds, string Expected)? Pattern { get; init; }

    internal override string Expected
    {
        get
        {
            var names = new List<string>();
            if (types.HasFlag(Types.String)) names.Add("a string");
            if (types.HasFlag(Types.Number)) names.Add("a number");
            else if (types.HasFlag(Types.Integer)) names.Add("an integer");
            if (types.HasFlag(Types.Boolean)) names.Add("true or false");
            return names.Count == 0 ? "nothing" : string.Join(" or ", names);
        }
    }

    internal bool Accepts(Node node) => node is ScalarNode scalar && scalar.Kind switch
    {
        ScalarKind.String => types.HasFlag(Types.String),
        ScalarKind.Integer => types.HasFlag(Types.Integer) || types.HasFlag(Types.Number),
        ScalarKind.Float => types.HasFlag(Types.Number) || types.HasFlag(Types.Integer) && Math.Floor(scalar.Number) == scalar.Number && double.IsFinite(scalar.Number),
        ScalarKind.Boolean => types.HasFlag(Types.Boolean),
        ScalarKind.Null => types.HasFlag(Types.Null),
        _ => false,
    };

    internal override void Check(Node node, SchemaCheck check)
    {
        if (!Accepts(node))
        {
            check.WrongType(node, Expected, types.HasFlag(Types.String));
            return;
        }
        var scalar = (ScalarNode)node;
        if (scalar.Kind is ScalarKind.Integer or ScalarKind.Float)
        {
            var number = scalar.Kind == ScalarKind.Integer ? scalar.Integer : scalar.Number;
            if (number < Minimum) check.Error(node, $"{scalar.Print()} is too small", $"it must be at least {Minimum}");
            if (number > Maximum) check.Error(node, $"{scalar.Print()} is too large", $"it must be at most {Maximum}");
        }
        if (scalar.Kind != ScalarKind.String) return;
        if (OneOf is not null && !OneOf.Contains(scalar.Text))
            check.Error(node, $"`{scalar.Text}` is not allowed", Nearest.Suggest(scalar.Text, OneOf) is { } near ? $"did you mean `{near}`?" : "it must be " + string.Join(" or ", OneOf.Select(v => $"`{v}`")));
        if (Pattern is { } pattern && !pattern.Holds(scalar.Text)) check.Error(node, $"`{scalar.Text}` is not allowed", pattern.Expected);
    }
}
