namespace Devoxx.Runtime.Foreign;

/// <summary>The cgroup that a child is to be in, by descriptors.</summary>
/// <param name="Tasks">The v1 <c>tasks</c> files.</param>
/// <param name="Directory">The v2 directory, or −1.</param>
internal sealed record CgroupPlace(IReadOnlyList<int> Tasks, int Directory);
