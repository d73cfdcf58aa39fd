using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

/// <summary>A mapping with keys of the author's choice.</summary>
internal sealed class MapShape(Shape value) : Shape
{
    internal override string Expected => "a mapping";

    internal Shape Value => value;

    /// <summary>Which keys are names of values; null: all.</summary>
    internal Func<string, bool>? IsName { get; init; }

    /// <summary>A key that is no name may hold anything, instead of being wrong.</summary>
    internal bool Open { get; init; }

    internal override void Check(Node node, SchemaCheck check)
    {
        if (node is not MappingNode map)
        {
            check.WrongType(node, Expected);
            return;
        }
        foreach (var (key, item, position) in map)
        {
            if (IsName is not null && !IsName(key))
            {
                if (!Open) check.Error(position, $"`{key}` is not a name", "use letters, digits, `.`, `_` and `-` only");
                continue;
            }
            check.Enter(key);
            value.Check(item, check);
            check.Leave();
        }
    }
}
