using System.Collections.Immutable;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Dotenv;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose;

/// <summary>
/// The options every verb has, and where they are given: from these follow the files, the project directory and the variables
/// (<see cref="Prepare"/>).
/// </summary>
public sealed record ProjectOptions
{
    /// <summary>`-f`, in order; `-` is standard input. None: COMPOSE_FILE, then the default names here and upwards.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>`--project-directory`.</summary>
    public string? ProjectDirectory { get; init; }

    /// <summary>`--project-name`.</summary>
    public string? ProjectName { get; init; }

    /// <summary>`--env-file`, in order. None: COMPOSE_ENV_FILES, then `.env` in the project directory.</summary>
    public ImmutableArray<string> EnvFiles { get; init; } = [];

    /// <summary>`--profile`. None: COMPOSE_PROFILES.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];

    /// <summary>The absolute directory the command runs in.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>The process's variables.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Reads a text file by absolute path (see <see cref="Utf8Text"/>), or standard input for `-`; null: there is no such file.</summary>
    public required Func<string, string?> ReadFile { get; init; }

    /// <summary>Whether there is a file at an absolute path.</summary>
    public required Func<string, bool> FileExists { get; init; }

    /// <summary>In order of preference.</summary>
    public static readonly ImmutableArray<string> DefaultFiles = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

    /// <summary>In order of preference.</summary>
    public static readonly ImmutableArray<string> DefaultOverrides =
        ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

    /// <summary>Finds and reads the files and lays the variables over each other. The request is null if that fails.</summary>
    public (LoadRequest? Request, ImmutableArray<Diagnostic> Diagnostics) Prepare()
    {
        var diagnostics = new DiagnosticList();
        try
        {
            return (Prepare(diagnostics), diagnostics.ToImmutable());
        }
        catch (ComposeException error)
        {
            diagnostics.Error(error.Position, error.Message);
            return (null, diagnostics.ToImmutable());
        }
    }

    private LoadRequest Prepare(DiagnosticList diagnostics)
    {
        var variables = Environment.ToBuilder();
        variables.TryAdd("PWD", CurrentDirectory);
        var files = Files.Select(Absolute).ToList();
        // Twice: the first `.env` may hold COMPOSE_FILE, which may move the project directory to another `.env`.
        ReadEnvFiles(Directory(files), variables, diagnostics);
        if (files.Count == 0) files = FromVariable(variables);
        if (files.Count == 0) files = Search(Directory(files), diagnostics);
        ReadEnvFiles(Directory(files), variables, diagnostics);
        if (files.Count == 0)
            throw new ComposeException(Position.None, $"there is no {DefaultFiles[0]} in {Directory(files)} or above it; name a file with -f");
        var profiles = Profiles;
        if (profiles.IsEmpty) profiles = [.. (variables.GetValueOrDefault("COMPOSE_PROFILES") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return new LoadRequest
        {
            Files = [.. files.Select(path => new ComposeFile(path, ReadFile(path) ?? throw new ComposeException(Position.None, $"there is no file {path}")))],
            WorkingDirectory = Directory(files),
            ProjectName = ProjectName,
            Environment = variables.ToImmutable(),
            Profiles = profiles,
            ReadFile = ReadFile,
        };
    }

    private string Directory(List<string> files)
    {
        if (!string.IsNullOrEmpty(ProjectDirectory)) return Absolute(ProjectDirectory);
        var first = files.Find(static path => path != "-");
        return first is null ? CurrentDirectory : PathText.Directory(first);
    }

    private void ReadEnvFiles(string directory, ImmutableDictionary<string, string>.Builder variables, DiagnosticList diagnostics)
    {
        var files = EnvFiles.IsEmpty ? (Environment.GetValueOrDefault("COMPOSE_ENV_FILES") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries) : [.. EnvFiles];
        var named = files.Length > 0;
        if (!named)
        {
            if (Environment.GetValueOrDefault("COMPOSE_DISABLE_ENV_FILE") is { } disable && IsTrue(disable)) return;
            files = [PathText.Join(directory, ".env")];
        }
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var path = Absolute(file);
            if (ReadFile(path) is { } text)
                DotEnv.Parse(path, text, own, name => variables.TryGetValue(name, out var value) ? value : own.GetValueOrDefault(name), diagnostics);
            else if (named) throw new ComposeException(Position.None, $"there is no env file {path}");
        }
        foreach (var (name, value) in own) variables.TryAdd(name, value);
    }

    private List<string> FromVariable(ImmutableDictionary<string, string>.Builder variables)
    {
        if (!variables.TryGetValue("COMPOSE_FILE", out var list)) return [];
        var separator = variables.GetValueOrDefault("COMPOSE_PATH_SEPARATOR") is { Length: > 0 } given ? given : ":";
        var files = list.Split(separator).Select(Absolute).ToList();
        foreach (var path in files)
            if (path != "-" && !FileExists(path)) throw new ComposeException(Position.None, $"there is no file {path}, which COMPOSE_FILE names");
        return files;
    }

    private List<string> Search(string directory, DiagnosticList diagnostics)
    {
        for (var at = directory; ; at = PathText.Directory(at))
        {
            if (Pick(at, DefaultFiles) is { } file)
                return Pick(at, DefaultOverrides) is { } extra ? [file, extra] : [file];
            if (at is "/" or ".") return [];
        }

        string? Pick(string at, ImmutableArray<string> names)
        {
            var found = names.Where(name => FileExists(PathText.Join(at, name))).ToList();
            if (found.Count > 1) diagnostics.Warning(Position.None, $"{at} has {string.Join(", ", found)}; {found[0]} is used");
            return found.Count == 0 ? null : PathText.Join(at, found[0]);
        }
    }

    private string Absolute(string path) => path == "-" || PathText.IsAbsolute(path) ? path == "-" ? path : PathText.Clean(path) : PathText.Join(CurrentDirectory, path);

    private static bool IsTrue(string value) => value is "1" or "t" or "T" or "true" or "TRUE" or "True";
}
