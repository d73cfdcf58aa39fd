using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Devoxx.Supervisor.Containers;

/// <summary>Namespaces (namespaces(7)) that a container does not have to itself. Each: <c>host</c>, <c>container:NAME</c> of whoever it is shared with, or null, its own.</summary>
/// <param name="Ipc">Also <c>shareable</c>, its own, which others may enter; <c>none</c>, its own without /dev/shm.</param>
/// <param name="Uts"><c>host</c> only.</param>
/// <param name="Cgroup"><c>host</c> only.</param>
public sealed record NamespaceModes(string? Ipc = null, string? Pid = null, string? Uts = null, string? Cgroup = null)
{
    private const string OfContainer = "container:";

    /// <summary>Names of the containers that it shares with.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Donors => [.. new[] { IpcDonor, PidDonor }.OfType<string>().Distinct()];

    [JsonIgnore]
    public string? IpcDonor => DonorOf(Ipc);

    [JsonIgnore]
    public string? PidDonor => DonorOf(Pid);

    /// <summary>Whether others may enter its namespace of System V objects and message queues.</summary>
    public static bool IsIpcShareable(NamespaceModes? modes) => modes?.Ipc is "shareable" or "host" || modes?.IpcDonor is not null;

    private static string? DonorOf(string? mode) =>
        mode is not null && mode.StartsWith(OfContainer, StringComparison.Ordinal) ? mode[OfContainer.Length..] : null;
}
