namespace Devoxx.Supervisor.Containers;

/// <summary>What has started a run; why, in words, stands beside it.</summary>
public enum StartedBy
{
    /// <summary><c>up</c>, <c>create</c> or <c>scale</c>: the stack file wants it so.</summary>
    Up,

    /// <summary>Somebody asked for just that: <c>start</c>, <c>restart</c>, <c>run</c>.</summary>
    User,

    /// <summary>Its restart policy: after a crash, or a boot.</summary>
    Policy,

    /// <summary>What it depends on was started again or replaced, and it goes with that (<c>depends_on</c>, <c>restart: true</c>).</summary>
    Dependency,
}
