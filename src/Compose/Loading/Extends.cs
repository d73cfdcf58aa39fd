using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Merging;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose.Loading;

/// <summary>`extends`: a service starts from another one, of the same file or of one that is read for it.</summary>
internal sealed class Extends(ModelLoader loader, Scope scope)
{
    /// <summary>No chain that a person wrote is longer; each link costs a stack frame.</summary>
    private const int MaxChain = 1000;

    private readonly List<(string File, string Service, Position At)> _chain = [];

    internal void Apply(MappingNode document, string file, ResetTags resets)
    {
        if (document.Find("services") is not MappingNode services) return;
        for (var i = 0; i < services.Count; i++)
            if (services[i].Value is MappingNode service && service.Has("extends")) services.SetAt(i, Resolve(services[i].Key, services, file, resets));
    }

    private Node Resolve(string name, MappingNode services, string file, ResetTags? resets)
    {
        if (services.Find(name) is not MappingNode service || service.Find("extends") is not { } extends) return services.Find(name)!;
        var (target, otherFile) = Read(extends, name);
        var at = extends.Position;
        if (_chain.Exists(link => link.File == file && link.Service == name))
            throw new ComposeException(at, $"service `{name}` extends itself: {string.Join(" → ", _chain.Select(link => link.Service))} → {name}; remove one `extends`");
        if (_chain.Count >= MaxChain) throw new ComposeException(at, $"service `{_chain[0].Service}` extends more than {MaxChain} others in a row; shorten the chain");
        _chain.Add((file, name, at));
        try
        {
            var (from, fromFile, fromResets) = (services, file, resets);
            if (otherFile is not null) (fromFile, from, fromResets) = Open(otherFile);
            if (!from.Has(target))
                throw new ComposeException(at, $"service `{name}` extends `{target}`, but {fromFile} has no such service{Hint(target, from)}");
            var extended = Resolve(target, from, fromFile, fromResets);
            if (extended is not MappingNode) return service;
            var start = (MappingNode)extended.Clone();
            resets?.Apply(start, "services", name);
            var merged = Merger.Extend(start, service);
            merged.Remove("extends");
            services.Set(name, merged);
            return merged;
        }
        catch (ComposeException error) when (_chain.Count == 1 && error.Position.File.Length > 0 && error.Position.File != at.File)
        {
            throw new ComposeException(error.Position, $"{error.Message} (extended by {at.File}:{at.Line})");
        }
        finally
        {
            _chain.RemoveAt(_chain.Count - 1);
        }
    }

    private static string Hint(string target, MappingNode services) =>
        Schema.Nearest.Suggest(target, services.Select(static s => s.Key)) is { } near ? $"; did you mean `{near}`?" : services.Count == 0 ? "" : "; it has " + string.Join(", ", services.Take(10).Select(static s => s.Key));

    private static (string Service, ScalarNode? File) Read(Node extends, string name)
    {
        if (extends is ScalarNode { Kind: ScalarKind.String } shortForm) return (shortForm.Text, null);
        if (extends is MappingNode map && map.Find("service") is ScalarNode { Kind: ScalarKind.String } service)
        {
            return map.Find("file") switch
            {
                null or { IsNull: true } => (service.Text, null),
                ScalarNode { Kind: ScalarKind.String } file => (service.Text, file),
                var other => throw new ComposeException(other.Position, "`extends.file` is a path"),
            };
        }
        throw new ComposeException(extends.Position, $"`extends` of service `{name}` names no service; write `service: NAME`, and `file: PATH` if it is in another file");
    }

    private ExtendedFile Open(ScalarNode file)
    {
        if (RemoteResource.Is(file.Text)) throw new ComposeException(file.Position, $"`{file.Text}` is remote; only local files can be extended");
        var path = PathText.IsAbsolute(file.Text) ? file.Text : PathText.Join(scope.Directory, file.Text);
        if (scope.Extended.TryGetValue(path, out var known)) return known;
        var text = loader.Request.ReadFile(path) ?? throw new ComposeException(file.Position, $"there is no file {path}; `extends.file` is relative to the project directory");
        var pathBase = PathText.Relative(scope.Directory, PathText.Directory(path));
        return scope.Extended[path] = loader.LoadExtended(new ComposeFile(path, text), scope, pathBase);
    }
}
