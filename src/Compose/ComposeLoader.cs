using Devoxx.Compose.Binding;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose;

public static class ComposeLoader
{
    public static LoadResult Load(LoadRequest request)
    {
        var diagnostics = new DiagnosticList();
        try
        {
            var documents = YamlReader.Read(request.Files[0].Path, request.Files[0].Text);
            var tree = (MappingNode)new TreeBuilder().Build(documents[0]);
            var project = Bind.Project(tree, new Binder(diagnostics), request.ProjectName ?? "default");
            return new(diagnostics.Errors > 0 ? null : project, diagnostics.ToImmutable());
        }
        catch (ComposeException error)
        {
            diagnostics.Error(error.Position, error.Message);
            return new(null, diagnostics.ToImmutable());
        }
    }
}
