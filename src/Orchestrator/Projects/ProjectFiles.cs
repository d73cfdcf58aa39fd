using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;

namespace Devoxx.Orchestrator.Projects;

/// <summary>
/// Which files a command is about: those of <c>-f</c>, else of <c>COMPOSE_FILE</c>, else the default names searched upwards;
/// and the variables that they see: the shell's over those of the env files. All file access of the command line's side
/// of loading is here and in the two functions that it hands to the loader.
/// </summary>
internal sealed class ProjectFiles
{
    private static readonly string[] DefaultNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    private static readonly string[] OverrideNames = ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];
    private readonly GlobalOptions options;
    private readonly string currentDirectory;
    private readonly List<string> warnings = [];

    private ProjectFiles(GlobalOptions options, ImmutableDictionary<string, string> shell, string currentDirectory)
    {
        this.options = options;
        this.currentDirectory = currentDirectory;
        Environment = shell;
    }

    /// <summary>Absolute, or <c>-</c>.</summary>
    public ImmutableArray<string> Paths { get; private set; } = [];

    public string WorkingDirectory { get; private set; } = "";

    public ImmutableDictionary<string, string> Environment { get; private set; }

    public IReadOnlyList<string> Warnings => warnings;

    /// <exception cref="CommandFailedException">No file was named and none has a default name, or an env file is missing or wrong.</exception>
    public static ProjectFiles Find(GlobalOptions options, ImmutableDictionary<string, string> shell, string currentDirectory)
    {
        var files = new ProjectFiles(options, shell, currentDirectory);

        // Twice, as the reference does it: COMPOSE_FILE may stand in the .env beside us, and the project that is then found has its own.
        var first = files.EnvFiles(files.DirectoryOf(options.Files));
        files.AddVariables(first);
        files.Paths = files.FindPaths();
        files.WorkingDirectory = files.DirectoryOf(files.Paths);
        var second = files.EnvFiles(files.WorkingDirectory);
        if (!second.SequenceEqual(first))
        {
            files.AddVariables(second);
        }

        return files;
    }

    /// <summary>The request for the loader, the files read.</summary>
    public LoadRequest Read() => new()
    {
        Files = [.. Paths.Select(path => new ComposeFile(path, ReadComposeFile(path)))],
        WorkingDirectory = WorkingDirectory,
        ProjectName = options.Project,
        Environment = Environment,
        Profiles = options.Profiles.Count > 0 ? [.. options.Profiles] : [.. Words(Variable("COMPOSE_PROFILES"), ",")],
        ReadFile = static path => File.Exists(path) ? File.ReadAllText(path) : null,
        DirectoryExists = Directory.Exists,
        AllResources = options.EveryResource,
    };

    private static string ReadComposeFile(string path)
    {
        try
        {
            return path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailedException($"open {path}: no such file or directory");
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new CommandFailedException($"read {path}: is a directory; name the file in it");
        }
    }

    private ImmutableArray<string> FindPaths()
    {
        if (options.Files.Count > 0)
        {
            return [.. options.Files.Select(Absolute)];
        }

        if (Variable("COMPOSE_FILE") is { Length: > 0 } named)
        {
            return [.. Words(named, Variable("COMPOSE_PATH_SEPARATOR") is { Length: > 0 } separator ? separator : ":").Select(Absolute)];
        }

        for (var directory = options.Directory is { } given ? Absolute(given) : currentDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (FindIn(directory, DefaultNames) is { } found)
            {
                return FindIn(directory, OverrideNames) is { } over ? [found, over] : [found];
            }
        }

        throw new CommandFailedException(
            $"no configuration file provided: not found. Looked for {string.Join(", ", DefaultNames)} in {currentDirectory} and above; name the file with -f");
    }

    private string? FindIn(string directory, string[] names)
    {
        var found = names.Select(name => Path.Combine(directory, name)).Where(File.Exists).ToList();
        if (found.Count > 1)
        {
            warnings.Add($"Found multiple config files with supported names: {string.Join(", ", found)}; using {found[0]}");
        }

        return found.FirstOrDefault();
    }

    private string DirectoryOf(IReadOnlyList<string> paths) =>
        options.Directory is { } given ? Absolute(given)
        : paths.FirstOrDefault(path => path != "-") is { } first ? Path.GetDirectoryName(Absolute(first)) ?? "/"
        : currentDirectory;

    private IReadOnlyList<string> EnvFiles(string directory)
    {
        if (options.EnvFiles.Count > 0)
        {
            return [.. options.EnvFiles.Select(Absolute)];
        }

        if (Words(Variable("COMPOSE_ENV_FILES"), ",").ToList() is { Count: > 0 } named)
        {
            return [.. named.Select(Absolute)];
        }

        var usual = Path.Combine(directory, ".env");
        return IsTrue(Variable("COMPOSE_DISABLE_ENV_FILE")) || !File.Exists(usual) ? [] : [usual];
    }

    private void AddVariables(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            return;
        }

        var texts = paths.Select(path => File.Exists(path)
            ? new ComposeFile(path, File.ReadAllText(path))
            : throw new CommandFailedException($"couldn't find env file: {path}"));
        Environment = ProjectEnvironment.Combine(Environment, [.. texts]);
    }

    private string? Variable(string name) => Environment.GetValueOrDefault(name);

    private string Absolute(string path) => path == "-" ? path : Path.GetFullPath(path, currentDirectory);

    private static IEnumerable<string> Words(string? text, string separator) =>
        (text ?? "").Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>As Go's strconv.ParseBool; anything else is false.</summary>
    public static bool IsTrue(string? text) => SwitchFlag.Parse(text ?? "") == true;
}
