namespace Devoxx.Compose;

/// <summary>One file of `env_file`.</summary>
public sealed record EnvFile
{
    public string? Path { get; init; }
    public bool Required { get; init; }
    public string? Format { get; init; }
}
