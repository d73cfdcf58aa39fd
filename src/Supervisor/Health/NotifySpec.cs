namespace Devoxx.Supervisor.Health;

/// <summary>A container that says itself, as in sd_notify(3), when it is ready.</summary>
/// <param name="Watchdog">How long it may be silent before it counts as hung; null: as long as it likes, unless it says otherwise.</param>
public sealed record NotifySpec(TimeSpan? Watchdog = null);
