using System.Text;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Interpolation;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose.Loading;

/// <summary>The name of a project: --project-name, COMPOSE_PROJECT_NAME, the last `name:`, the directory.</summary>
internal static class ProjectName
{
    internal static string Of(LoadRequest request, Documents documents, DiagnosticList diagnostics)
    {
        if (!string.IsNullOrEmpty(request.ProjectName)) return Checked(request.ProjectName, "--project-name");
        if (request.Environment.GetValueOrDefault("COMPOSE_PROJECT_NAME") is { Length: > 0 } fromEnvironment) return Checked(fromEnvironment, "COMPOSE_PROJECT_NAME");
        var (name, position) = FromFiles(request, documents);
        if (name is null) return Normalise(PathText.Base(request.WorkingDirectory));
        if (request.Interpolate)
        {
            try
            {
                name = Template.Substitute(name, variable => request.Environment.GetValueOrDefault(variable), static _ => { });
            }
            catch (TemplateException error)
            {
                throw new ComposeException(position, error.Message);
            }
        }
        if (request.Normalize) name = Normalise(name);
        if (name.Length == 0) diagnostics.Error(position, "the project name is empty; a name has lower-case letters, digits, `-` and `_`, and begins with a letter or digit");
        return name;
    }

    /// <summary>Lower case; only letters, digits, `_` and `-`; begins with a letter or digit.</summary>
    internal static string Normalise(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name.ToLowerInvariant())
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-') text.Append(c);
        return text.ToString().TrimStart('_', '-');
    }

    private static string Checked(string name, string source) => Normalise(name) == name
        ? name
        : throw new ComposeException(Position.None, $"{source} is `{name}`; a project name has only lower-case letters, digits, `-` and `_`, and begins with a letter or digit: `{Normalise(name)}`");

    private static (string? Name, Position Position) FromFiles(LoadRequest request, Documents documents)
    {
        (string?, Position) found = default;
        foreach (var file in request.Files)
            foreach (var document in documents.Of(file))
            {
                if (document.Kind != YamlKind.Mapping) continue;
                for (var i = 0; i + 1 < document.Content.Count; i += 2)
                    if (document.Content[i].Value == "name" && document.Content[i + 1] is { Kind: YamlKind.Scalar, IsNull: false, Value.Length: > 0 } value)
                        found = (value.Value, value.Position);
            }
        return found;
    }
}
