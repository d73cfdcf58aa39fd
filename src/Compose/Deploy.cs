using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>The `deploy` section.</summary>
public sealed record Deploy
{
    public string? Mode { get; init; }
    public long? Replicas { get; init; }
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Sorted<string>.Empty;
    public UpdateConfig? UpdateConfig { get; init; }
    public UpdateConfig? RollbackConfig { get; init; }
    public Resources Resources { get; init; } = new();
    public RestartPolicy? RestartPolicy { get; init; }
    public Placement Placement { get; init; } = new();
    public string? EndpointMode { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>How replicas are replaced.</summary>
public sealed record UpdateConfig
{
    public long? Parallelism { get; init; }
    public TimeSpan? Delay { get; init; }
    public string? FailureAction { get; init; }
    public TimeSpan? Monitor { get; init; }
    public double? MaxFailureRatio { get; init; }
    public string? Order { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>Limits and reservations.</summary>
public sealed record Resources
{
    public Resource? Limits { get; init; }
    public Resource? Reservations { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>An amount of resources.</summary>
public sealed record Resource
{
    public double? Cpus { get; init; }
    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }
    public long? Pids { get; init; }
    public ImmutableArray<DeviceRequest> Devices { get; init; } = [];
    public ImmutableArray<GenericResource> GenericResources { get; init; } = [];

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>A resource the user defines.</summary>
public sealed record GenericResource
{
    public DiscreteResource? DiscreteResourceSpec { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>A countable resource.</summary>
public sealed record DiscreteResource
{
    public string Kind { get; init; } = "";
    public long Value { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>`deploy.restart_policy`.</summary>
public sealed record RestartPolicy
{
    /// <summary>`none`, `on-failure` or `any`.</summary>
    public string? Condition { get; init; }
    public TimeSpan? Delay { get; init; }
    public long? MaxAttempts { get; init; }
    public TimeSpan? Window { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>Constraints on where replicas run.</summary>
public sealed record Placement
{
    public ImmutableArray<string> Constraints { get; init; } = [];
    public ImmutableArray<PlacementPreference> Preferences { get; init; } = [];
    public long? MaxReplicasPerNode { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>A preference on where replicas run.</summary>
public sealed record PlacementPreference
{
    public string? Spread { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
