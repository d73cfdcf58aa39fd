namespace Devoxx.Compose.Yaml;

/// <summary>The documents of files, each file parsed once: its project name is wanted before its content is.</summary>
internal sealed class Documents
{
    private readonly Dictionary<ComposeFile, List<YamlNode>> _parsed = new(ReferenceEqualityComparer.Instance);

    internal List<YamlNode> Of(ComposeFile file)
    {
        if (!_parsed.TryGetValue(file, out var documents)) _parsed.Add(file, documents = YamlReader.Read(file.Path, file.Text));
        return documents;
    }
}
