namespace Devoxx.Oci;

/// <summary>The state that the <c>state</c> verb prints and hooks read.</summary>
public sealed record ContainerState
{
    public string OciVersion { get; init; } = "1.3.0";

    public required string Id { get; init; }

    /// <summary><c>creating</c>, <c>created</c>, <c>running</c>, <c>stopped</c>; also <c>paused</c>, as runc has it.</summary>
    public required string Status { get; init; }

    /// <summary>The container's first process as the host numbers it; 0 when there is none.</summary>
    public int Pid { get; init; }

    /// <summary>Absolute path.</summary>
    public required string Bundle { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
