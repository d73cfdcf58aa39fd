using System.Collections.Immutable;
using System.Text;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose;

/// <summary>
/// What this program understands beyond the specification: a service's `x-devoxx`. The loader lets it pass, as the
/// specification has it for `x-…`; <see cref="StartChecks"/> refuses at `up` what is not known or cannot be.
/// </summary>
public sealed record DevoxxExtension
{
    public const string Key = "x-devoxx";

    public static DevoxxExtension None { get; } = new();

    /// <summary>The service says itself, as in sd_notify(3), when it is ready.</summary>
    public bool Notify { get; init; }

    /// <summary>With <see cref="Notify"/>: how long it may be silent before it counts as hung.</summary>
    public TimeSpan? Watchdog { get; init; }

    public RestartExtension? Restart { get; init; }

    /// <summary>What a service says, errors passed over: they have been refused before.</summary>
    public static DevoxxExtension Of(Service service) =>
        service.Extensions.TryGetValue(Key, out var json) && JsonTree.Read(Encoding.UTF8.GetBytes(json)) is { IsNull: false } node
            ? DevoxxReading.Read(node, Key, new DiagnosticList())
            : None;
}

/// <summary>`x-devoxx.restart`: how `restart` or `deploy.restart_policy` go about it.</summary>
public sealed record RestartExtension
{
    /// <summary>The first delay.</summary>
    public TimeSpan? Base { get; init; }

    /// <summary>How many times longer each next delay is, from 1.</summary>
    public double? Factor { get; init; }

    /// <summary>The longest delay.</summary>
    public TimeSpan? Cap { get; init; }

    /// <summary>By what part a delay may be longer or shorter, 0 to 1.</summary>
    public double? Jitter { get; init; }

    /// <summary>A run at least this long begins the delays and the counting anew.</summary>
    public TimeSpan? ResetAfter { get; init; }

    /// <summary>Exit codes that are a success; without, 0.</summary>
    public ImmutableArray<int>? SuccessExitCodes { get; init; }

    /// <summary>Exit codes after which trying again is useless.</summary>
    public ImmutableArray<int>? PermanentFailureExitCodes { get; init; }

    /// <summary>`restart`, `stop` or `none`.</summary>
    public string? OnUnhealthy { get; init; }
}
