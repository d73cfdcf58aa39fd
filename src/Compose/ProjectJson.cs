using System.Text;
using Devoxx.Compose.Binding;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Rendering;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose;

/// <summary>A project as JSON, to print or to pass to another process.</summary>
public static class ProjectJson
{
    /// <summary>The canonical form, as `config --format json` prints it but with `$` unescaped; UTF-8.</summary>
    public static byte[] Write(Project project)
    {
        var writer = new JsonCanonicalWriter();
        Render.Project(writer, project);
        return Encoding.UTF8.GetBytes(writer.ToString());
    }

    /// <summary>
    /// The canonical form with everything it leaves out: secrets' and configs' contents, `x-…` keys, models, the working
    /// directory, the files, the environment and the disabled services. <see cref="Read"/> restores an equal project. It
    /// holds secrets: not to be shown.
    /// </summary>
    public static byte[] WriteLossless(Project project)
    {
        var writer = new JsonCanonicalWriter(indented: false) { Lossless = true };
        Render.Project(writer, project);
        return Encoding.UTF8.GetBytes(writer.ToString());
    }

    /// <summary>Reads what <see cref="Write"/> or <see cref="WriteLossless"/> wrote. Throws <see cref="FormatException"/> if it is something else.</summary>
    public static Project Read(ReadOnlySpan<byte> utf8)
    {
        var diagnostics = new DiagnosticList();
        try
        {
            if (JsonTree.Read(utf8) is not MappingNode tree) throw new FormatException("not a project: a JSON object is expected");
            var project = Bind.Project(tree, new Binder(diagnostics), tree.Find("name") is ScalarNode name ? name.Text : "");
            if (diagnostics.Errors > 0) throw new FormatException("not a project: " + diagnostics.ToImmutable()[0]);
            return tree.Find(Render.StateKey) is MappingNode state ? Bind.State(state, new Binder(diagnostics), project) : project;
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new FormatException("not a project: " + error.Message, error);
        }
    }
}
