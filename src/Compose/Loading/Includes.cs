using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Dotenv;
using Devoxx.Compose.Schema;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Loading;

/// <summary>`include`: other projects' files, loaded with their own directory and variables, become part of this one.</summary>
internal sealed class Includes(ModelLoader loader, Scope scope)
{
    internal void Apply(MappingNode document)
    {
        if (document.Find("include") is not { } include) return;
        if (!include.IsNull)
        {
            if (include is not SequenceNode list) throw new ComposeException(include.Position, $"`include` is {include.Describe()}; a list of files is expected");
            var before = loader.Diagnostics.Errors;
            ComposeSchema.File.Keys.First(static k => k.Key == "include").Shape.Check(list, new SchemaCheck(loader.Diagnostics));
            if (loader.Diagnostics.Errors == before)
                foreach (var item in list.Items)
                    using (loader.Diagnostics.Within($" (included by {item.Position.File}:{item.Position.Line})")) Import(item, document);
        }
        document.Remove("include");
    }

    private void Import(Node item, MappingNode document)
    {
        try
        {
            var included = Load(item);
            foreach (var kind in (ReadOnlySpan<string>)["services", "volumes", "networks", "secrets", "configs", "models"])
                if (included.Find(kind) is MappingNode resources) Import(kind, resources, document, item);
        }
        catch (ComposeException error) when (error.Position.File.Length > 0 && error.Position.File != item.Position.File && !error.Message.Contains(" (included by ", StringComparison.Ordinal))
        {
            throw new ComposeException(error.Position, $"{error.Message} (included by {item.Position.File}:{item.Position.Line})");
        }
    }

    private MappingNode Load(Node item)
    {
        var paths = item is MappingNode map ? Texts(map.Find("path")) : Texts(item);
        var options = item as MappingNode;
        foreach (var path in paths)
            if (RemoteResource.Is(path)) throw new ComposeException(item.Position, $"`{path}` is remote; only local files can be included");
        if (paths.Count == 0) throw new ComposeException(item.Position, "this include names no file; add `path:`");

        var files = paths.ConvertAll(Absolute);
        foreach (var file in scope.Including)
            if (file == files[0]) throw new ComposeException(item.Position, $"{file} includes itself: {string.Join(" → ", scope.Including)} → {file}; remove one `include`");

        string directory, pathBase;
        var given = options?.Find("project_directory") is ScalarNode { Text.Length: > 0 } d ? d.Text : null;
        if (given is null)
        {
            directory = PathText.Directory(files[0]);
            pathBase = PathText.Relative(scope.Directory, directory);
        }
        else if (PathText.IsAbsolute(given)) directory = pathBase = given;
        else
        {
            directory = PathText.Join(scope.Directory, given);
            var seen = loader.Request.DirectoryExists(directory) ? directory : PathText.Directory(directory);
            pathBase = PathText.Relative(scope.Directory, seen);
        }

        var inner = new Scope(pathBase, directory, Environment(options, directory, item), ResolvePaths: true) { Including = scope.Including };
        return loader.Load(files.ConvertAll(path => new ComposeFile(path, Read(path, item))), inner);
    }

    /// <summary>The outer variables win; those of the included project's env files fill the gaps.</summary>
    private Dictionary<string, string> Environment(MappingNode? options, string directory, Node item)
    {
        var files = Texts(options?.Find("env_file")).ConvertAll(Absolute);
        var required = files.Count > 0;
        if (!required) files.Add(PathText.Join(directory, ".env"));
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (loader.Request.ReadFile(file) is { } text)
                DotEnv.Parse(file, text, own, name => scope.Lookup(name) ?? own.GetValueOrDefault(name), loader.Diagnostics);
            else if (required) throw new ComposeException(item.Position, $"there is no env file {file}; `env_file` is relative to the project directory");
        }
        var environment = new Dictionary<string, string>(scope.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in own) environment.TryAdd(name, value);
        return environment;
    }

    private static void Import(string kind, MappingNode resources, MappingNode document, Node item)
    {
        if (document.Find(kind) is not MappingNode into)
        {
            if (document.Find(kind) is { IsNull: false }) return;
            document.Set(kind, into = new MappingNode(resources.Position), resources.Position);
        }
        foreach (var (name, value, position) in resources)
        {
            if (into.Find(name) is { } own)
            {
                if (own.SameAs(value)) continue;
                throw new ComposeException(into.KeyPosition(name), $"{kind}.{name} is also defined in {position.File}:{position.Line}, which is included on line {item.Position.Line}; rename one of them, or change it in an override file of the include (`path: [FILE, OVERRIDE]`)");
            }
            into.Set(name, value, position);
        }
    }

    private string Read(string path, Node item) =>
        loader.Request.ReadFile(path) ?? throw new ComposeException(item.Position, $"there is no file {path}; `include` is relative to the project directory {scope.Directory}");

    private string Absolute(string path) => PathText.IsAbsolute(path) ? path : PathText.Join(scope.Directory, path);

    private static List<string> Texts(Node? node) => node switch
    {
        ScalarNode { Kind: ScalarKind.String } scalar => [scalar.Text],
        SequenceNode list => [.. list.Items.OfType<ScalarNode>().Select(static s => s.Text)],
        _ => [],
    };
}
