using Devoxx.Compose.Binding;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Canonical;

/// <summary>
/// Values that are named, not written: a variable in `environment` without value, a secret or config from a variable. They
/// come from the environment that the file they stand in was interpolated with.
/// </summary>
internal static class Variables
{
    internal static void Resolve(MappingNode tree, Func<string, string?> lookup)
    {
        if (tree.Find("services") is MappingNode services)
            foreach (var entry in services)
                if (entry.Value is MappingNode service && service.Find("environment") is SequenceNode list) ResolveList(list, lookup);
        ResolveFiles(tree.Find("secrets"), Bind.SecretValueKey, lookup);
        ResolveFiles(tree.Find("configs"), "content", lookup);
    }

    private static void ResolveList(SequenceNode list, Func<string, string?> lookup)
    {
        list.Items.RemoveAll(static item => item is not ScalarNode { Kind: ScalarKind.String });
        for (var i = 0; i < list.Items.Count; i++)
            if (list.Items[i] is ScalarNode name && lookup(name.Text) is { } value) list.Items[i] = ScalarNode.String(name.Position, $"{name.Text}={value}");
    }

    private static void ResolveFiles(Node? resources, string key, Func<string, string?> lookup)
    {
        if (resources is not MappingNode map) return;
        foreach (var entry in map)
            if (entry.Value is MappingNode file && file.Find("environment") is ScalarNode { Kind: ScalarKind.String } name && lookup(name.Text) is { } value)
                file.Set(key, ScalarNode.String(name.Position, value));
    }
}
