using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A Compose file: where it is (absolute; `-` for standard input) and what it says.</summary>
public sealed record ComposeFile(string Path, string Text);

/// <summary>Everything that loading depends on. The loader itself touches neither files nor the process environment.</summary>
public sealed record LoadRequest
{
    /// <summary>The files in the order they are merged; the first names the project directory by default.</summary>
    public required ImmutableArray<ComposeFile> Files { get; init; }

    /// <summary>Absolute project directory: relative paths and the default project name come from it.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>`--project-name`; null: COMPOSE_PROJECT_NAME, then `name:`, then the directory.</summary>
    public string? ProjectName { get; init; }

    /// <summary>The shell's variables over those of `--env-file` or `.env`; see <see cref="ProjectOptions"/>.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>`--profile`, else COMPOSE_PROFILES; `*` is every profile.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];

    /// <summary>The services named on the command line; they and their dependencies are kept. None: all.</summary>
    public ImmutableArray<string> Services { get; init; } = [];

    /// <summary>
    /// Reads a text file by absolute path, for `extends`, `include`, `env_file` and `label_file`; null: there is none.
    /// </summary>
    public Func<string, string?> ReadFile { get; init; } = static _ => null;

    /// <summary>Whether a directory is at an absolute path; matters for `include.project_directory` alone.</summary>
    public Func<string, bool> DirectoryExists { get; init; } = static _ => false;

    /// <summary>Resolves symbolic links in an absolute path, for `develop.watch`.</summary>
    public Func<string, string> ResolveLinks { get; init; } = static path => path;

    /// <summary>False: `config --no-interpolate`.</summary>
    public bool Interpolate { get; init; } = true;

    /// <summary>False: `config --no-normalize`.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>False: `config --no-path-resolution`.</summary>
    public bool ResolvePaths { get; init; } = true;

    /// <summary>False: `config --no-consistency`.</summary>
    public bool CheckConsistency { get; init; } = true;

    /// <summary>False: leave `env_file` alone (verbs that start nothing do not need those files to exist).</summary>
    public bool ResolveEnvironment { get; init; } = true;

    /// <summary>True: `--all-resources` keeps networks, volumes, configs and secrets that no service uses.</summary>
    public bool AllResources { get; init; }
}
