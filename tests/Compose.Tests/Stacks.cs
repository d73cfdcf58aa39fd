using System.Runtime.CompilerServices;

namespace Devoxx.Compose.Tests;

/// <summary>The stack files of well-known projects' shapes, under `stacks/`, and what `config --format json` prints of them.</summary>
internal sealed record StackFile(string Name, string Path)
{
    internal string Expected => System.IO.Path.ChangeExtension(Path, ".json");

    /// <summary>As if the file lay in /srv/NAME, with variables that some of the files need.</summary>
    internal LoadRequest Request()
    {
        var directory = "/srv/" + Name;
        var own = System.IO.Path.GetDirectoryName(Path)!;
        return new LoadRequest
        {
            Files = [new ComposeFile($"{directory}/compose.yaml", Utf8Text.Decode(File.ReadAllBytes(Path)))],
            WorkingDirectory = directory,
            Environment = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("HOME", "/home/me").Add("DB_PASSWORD", "s3cret$"),
            Profiles = ["*"],
            ReadFile = path => path.StartsWith(directory + "/", StringComparison.Ordinal) && File.Exists($"{own}/{Name}/{path[(directory.Length + 1)..]}")
                ? File.ReadAllText($"{own}/{Name}/{path[(directory.Length + 1)..]}")
                : null,
        };
    }
}

internal static class Stacks
{
    internal static string Directory { get; } = System.IO.Path.Combine(Here(), "stacks");

    internal static IEnumerable<StackFile> All => System.IO.Directory.GetFiles(Directory, "*.yaml").Order(StringComparer.Ordinal)
        .Select(path => new StackFile(System.IO.Path.GetFileNameWithoutExtension(path), path));

    internal static TheoryData<string> Names => [.. All.Select(s => s.Name)];

    internal static StackFile Named(string name) => All.Single(s => s.Name == name);

    internal static string Here([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;
}
