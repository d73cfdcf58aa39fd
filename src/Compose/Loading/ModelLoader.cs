using Devoxx.Compose.Canonical;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Interpolation;
using Devoxx.Compose.Merging;
using Devoxx.Compose.Paths;
using Devoxx.Compose.Schema;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Validation;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose.Loading;

/// <summary>
/// Files to one canonical tree. Per document: parse, interpolate, extend, reset, include, merge, check against the schema,
/// make canonical; then, once: defaults, validation, paths, variables.
/// </summary>
internal sealed class ModelLoader(LoadRequest request, Documents documents, DiagnosticList diagnostics)
{
    internal LoadRequest Request => request;

    internal DiagnosticList Diagnostics => diagnostics;

    /// <exception cref="ComposeException">The files make no sense; later phases would only repeat it.</exception>
    internal MappingNode Load(IReadOnlyList<ComposeFile> files, Scope scope)
    {
        var tree = new MappingNode(new Position(files.Count > 0 ? files[0].Path : "", 0, 0));
        foreach (var file in files) tree = File(file, scope, tree);
        Stop();
        Defaults.Apply(tree);
        TreeValidation.Check(tree, diagnostics);
        if (scope.ResolvePaths) new PathResolver(scope.PathBase, Home, request.ResolveLinks, diagnostics).Apply(tree);
        Variables.Resolve(tree, scope.Lookup);
        return tree;
    }

    /// <summary>A file that others extend: not validated, not extended itself (its services are, one by one, when asked for).</summary>
    internal ExtendedFile LoadExtended(ComposeFile file, Scope scope, string pathBase)
    {
        var tree = new MappingNode(new Position(file.Path, 0, 0));
        ResetTags? resets = null;
        foreach (var document in documents.Of(file))
        {
            resets = ResetTags.Extract(document);
            var next = Document(document, scope);
            resets.Apply(tree);
            Merger.Merge(tree, next);
            Unicity.Enforce(tree, diagnostics);
            new Canonicaliser(diagnostics, request.Interpolate).Apply(tree);
            OmitEmpty(tree);
            Unicity.Enforce(tree, diagnostics);
        }
        if (tree.Find("services") is not MappingNode services) throw new ComposeException(tree.Position, "this file has no `services`, so nothing can extend one of them");
        new PathResolver(pathBase, Home, request.ResolveLinks, diagnostics).Apply(tree);
        return new ExtendedFile(file.Path, services, resets);
    }

    private string? Home => request.Environment.GetValueOrDefault("HOME");

    private MappingNode File(ComposeFile file, Scope scope, MappingNode tree)
    {
        foreach (var document in documents.Of(file))
        {
            var resets = ResetTags.Extract(document);
            var next = Document(document, scope);
            new Extends(this, scope).Apply(next, file.Path, resets);
            resets.Apply(tree);
            scope = scope with { Including = [.. scope.Including, file.Path] };
            new Includes(this, scope).Apply(next);
            Merger.Merge(tree, next);
            Unicity.Enforce(tree, diagnostics);
            ComposeSchema.File.Check(tree, new SchemaCheck(diagnostics));
            Stop();
            if (tree.Has("version"))
            {
                diagnostics.Warning(tree.KeyPosition("version"), "`version` is obsolete and ignored; remove it");
                tree.Remove("version");
            }
            new Canonicaliser(diagnostics, request.Interpolate).Apply(tree);
            Stop();
            OmitEmpty(tree);
            Unicity.Enforce(tree, diagnostics);
        }
        return tree;
    }

    private MappingNode Document(YamlNode document, Scope scope)
    {
        if (new TreeBuilder().Build(document) is not MappingNode tree)
            throw new ComposeException(document.Position, "a Compose file is a mapping with keys such as `services`; this document is not");
        if (request.Interpolate) new Interpolator(scope.Lookup, diagnostics).Apply(tree);
        return tree;
    }

    /// <summary>Empty strings and nulls in `dns` come from unset variables; they mean nothing.</summary>
    private static void OmitEmpty(MappingNode tree)
    {
        if (tree.Find("services") is not MappingNode services) return;
        foreach (var entry in services)
            if (entry.Value is MappingNode service && service.Find("dns") is SequenceNode dns)
                dns.Items.RemoveAll(static item => item.IsNull || item is ScalarNode { Kind: ScalarKind.String, Text: "" });
    }

    private void Stop()
    {
        if (diagnostics.Errors > 0) throw new ComposeException(Position.None, "");
    }
}
