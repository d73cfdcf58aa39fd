using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

/// <summary>Anything at all; dates aside, which JSON cannot say.</summary>
internal sealed class AnyShape : Shape
{
    internal override string Expected => "anything";

    internal override void Check(Node node, SchemaCheck check)
    {
        if (node is ScalarNode { Kind: ScalarKind.Timestamp } date) check.Error(node, $"`{date.Text}` reads as a date, which JSON has not", $"quote it: \"{date.Text}\"");
    }
}
