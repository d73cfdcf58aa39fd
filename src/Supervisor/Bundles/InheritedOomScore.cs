using System.Globalization;

namespace Devoxx.Supervisor.Bundles;

/// <summary>
/// What systemd's <c>OOMScoreAdjust</c> gives this process, against being chosen when the machine is out of memory, is not for its containers, which
/// would inherit it (proc_pid_oom_score_adj(5)).
/// </summary>
internal static class InheritedOomScore
{
    /// <summary>What a container is to have that asks for nothing; null: what it inherits. Raising it is anybody's right, lowering it is not.</summary>
    public static int? ForContainers { get; } = Of(File.ReadAllText("/proc/self/oom_score_adj"));

    public static int? Of(string own) => int.Parse(own, CultureInfo.InvariantCulture) < 0 ? 0 : null;
}
