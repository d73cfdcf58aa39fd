using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A mount of a service.</summary>
public sealed record ServiceVolume
{
    /// <summary>`volume`, `bind`, `tmpfs`, `npipe`, `cluster` or `image`.</summary>
    public string? Type { get; init; }
    public string? Source { get; init; }
    public string? Target { get; init; }
    public bool ReadOnly { get; init; }
    public string? Consistency { get; init; }
    public BindOptions? Bind { get; init; }
    public VolumeOptions? Volume { get; init; }
    public TmpfsOptions? Tmpfs { get; init; }
    public ImageOptions? Image { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>Options of a bind mount.</summary>
public sealed record BindOptions
{
    public string? Selinux { get; init; }
    public string? Propagation { get; init; }
    public bool CreateHostPath { get; init; }
    public string? Recursive { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>Options of a volume mount.</summary>
public sealed record VolumeOptions
{
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Sorted<string>.Empty;
    public bool Nocopy { get; init; }
    public string? Subpath { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>Options of a tmpfs mount.</summary>
public sealed record TmpfsOptions
{
    /// <summary>Bytes.</summary>
    public long? Size { get; init; }
    /// <summary>Permission bits.</summary>
    public long? Mode { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>Options of an image mount.</summary>
public sealed record ImageOptions
{
    public string? Subpath { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
