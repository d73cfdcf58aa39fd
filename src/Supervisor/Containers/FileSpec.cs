namespace Devoxx.Supervisor.Containers;

/// <summary>A config or secret that the supervisor writes anew before each run, and that the container sees read-only.</summary>
/// <param name="Target">Absolute path in the container.</param>
/// <param name="Content">What it says; null: what <paramref name="Source"/> says when the run begins.</param>
/// <param name="Source">A file of the host, which is copied because its owner or mode are to be others.</param>
/// <param name="Mode">Permission bits.</param>
public sealed record FileSpec(string Target, string? Content, string? Source, uint Uid, uint Gid, int Mode);

/// <summary>A device node of the host, or a directory of such, given to a container.</summary>
/// <param name="Source">Absolute path on the host.</param>
/// <param name="Target">Absolute path in the container.</param>
public sealed record DeviceSpec(string Source, string Target);
