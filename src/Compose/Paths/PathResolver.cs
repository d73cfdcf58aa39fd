using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Paths;

/// <summary>
/// Makes relative paths relative to a directory, mostly the project's, and so absolute; `~` is the home directory. The table
/// says which attributes are paths, and of which kind.
/// </summary>
internal sealed class PathResolver(string directory, string? home, Func<string, string> resolveLinks, DiagnosticList diagnostics)
{
    private delegate Node Rule(PathResolver self, Node node);

    private static readonly PathRules<Rule> Rules = new()
    {
        ["services.*.build.context"] = static (self, node) => self.Context(node),
        ["services.*.build.additional_contexts.*"] = static (self, node) => self.Context(node),
        ["services.*.build.ssh.*"] = static (self, node) => self.AnyPath(node),
        ["services.*.env_file.*.path"] = static (self, node) => self.UnixPath(node),
        ["services.*.label_file.*"] = static (self, node) => self.UnixPath(node),
        ["services.*.extends.file"] = static (self, node) => self.UnixPath(node),
        ["services.*.develop.watch.*.path"] = static (self, node) => self.WatchPath(node),
        ["services.*.volumes.*"] = static (self, node) => self.Mount(node),
        ["configs.*.file"] = static (self, node) => self.AnyPath(node),
        ["secrets.*.file"] = static (self, node) => self.AnyPath(node),
        ["volumes.*"] = static (self, node) => self.Volume(node),
    };

    internal void Apply(MappingNode tree) => TreeWalk.Replace(tree, Rules.Root, (rule, node) => rule(this, node));

    private static Node With(Node node, Func<string, string> change)
    {
        if (node is not ScalarNode { Kind: ScalarKind.String } scalar) return node;
        var changed = change(scalar.Text);
        return changed == scalar.Text ? node : ScalarNode.String(node.Position, changed);
    }

    private Node UnixPath(Node node) => With(node, Unix);

    /// <summary>A path of this machine or of a Windows one; the latter is left alone.</summary>
    private Node AnyPath(Node node) => With(node, path =>
    {
        path = ExpandHome(path);
        return PathText.IsAbsolute(path) || PathText.IsWindowsAbsolute(path) ? path : PathText.Join(directory, path);
    });

    private Node Context(Node node) => With(node, path => IsRemote(path) ? path : Unix(path));

    private Node WatchPath(Node node) => With(node, path =>
    {
        var full = Unix(path);
        return PathText.IsAbsolute(full) ? resolveLinks(full) : full;
    });

    private Node Mount(Node node)
    {
        if (node is not MappingNode mount || mount.Find("type") is not ScalarNode { Text: "bind" }) return node;
        if (mount.Find("source") is not { } source)
        {
            diagnostics.Error(mount.Position, "this bind mount has no `source`; add the host path to mount");
            return node;
        }
        mount.Set("source", AnyPath(source));
        return node;
    }

    /// <summary>A local volume with option `bind` names a host directory.</summary>
    private Node Volume(Node node)
    {
        if (node is MappingNode volume && volume.Find("driver") is ScalarNode { Text: "local" } && volume.Find("driver_opts") is MappingNode options
            && options.Find("o") is ScalarNode { Kind: ScalarKind.String, Text: "bind" } && options.Find("device") is { } device)
            options.Set("device", AnyPath(device));
        return node;
    }

    private string Unix(string path)
    {
        path = ExpandHome(path);
        return path.Length == 0 || PathText.IsAbsolute(path) ? path : PathText.Join(directory, path);
    }

    private string ExpandHome(string path) => path.StartsWith('~') && home is not null ? PathText.Join(home, path[1..]) : path;

    private static bool IsRemote(string context)
    {
        if (context.Contains("://", StringComparison.Ordinal)) return true;
        foreach (var prefix in (ReadOnlySpan<string>)["service:", "github.com/", "git@"])
            if (context.StartsWith(prefix, StringComparison.Ordinal)) return true;
        return false;
    }
}
