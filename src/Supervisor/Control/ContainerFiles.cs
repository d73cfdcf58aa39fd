using System.Collections.Immutable;

namespace Devoxx.Supervisor.Control;

/// <summary>Where the files of a container are: for <c>cp</c> and <c>export</c>, which read and write them in a process of their own, that may hang or be killed.</summary>
/// <param name="Process">Its first process; null when it does not run.</param>
/// <param name="Layers">Of its image, base first.</param>
/// <param name="Bundle">Has <c>upper</c>, what the container has written.</param>
/// <param name="ReadOnly">Its root may not be written to.</param>
public sealed record ContainerFilesView(
    string Id, string Name, string Service, int Number, FirstProcessView? Process, ImmutableArray<string> Layers, string Bundle, bool ReadOnly, ImmutableArray<ContainerMountView> Mounts);

/// <summary>A process beyond the reuse of its pid.</summary>
/// <param name="StartTime">Clock ticks after boot.</param>
public sealed record FirstProcessView(int Pid, ulong StartTime, string BootId);

/// <summary>What a container has mounted.</summary>
/// <param name="Path">The host's; null when it cannot be reached while no container uses it.</param>
/// <param name="Target">The container's.</param>
public sealed record ContainerMountView(string? Path, string Target, bool ReadOnly);
