using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

/// <summary>One of a scalar, a list and a mapping: what the node looks like decides which.</summary>
internal sealed class UnionShape(ScalarShape? scalar = null, ListShape? list = null, Shape? map = null) : Shape
{
    internal override string Expected => string.Join(" or ", new[] { scalar?.Expected, list?.Expected, map?.Expected }.Where(static e => e is not null and not "nothing"));

    internal Shape? Map => map;

    internal ListShape? List => list;

    internal override void Check(Node node, SchemaCheck check)
    {
        Shape? shape = node switch
        {
            MappingNode => map,
            SequenceNode => list,
            _ => scalar is not null && scalar.Accepts(node) ? scalar : null,
        };
        if (shape is null) check.WrongType(node, Expected);
        else shape.Check(node, check);
    }
}
