namespace Devoxx.Compose;

/// <summary>A resource limit of the processes of a container.</summary>
public sealed record Ulimit
{
    /// <summary>−1: unlimited.</summary>
    public long Soft { get; init; }

    /// <summary>−1: unlimited.</summary>
    public long Hard { get; init; }

    /// <summary>The limit was written as one number, and is printed so.</summary>
    public bool Single { get; init; }
}
