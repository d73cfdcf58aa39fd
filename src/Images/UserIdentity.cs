using System.Collections.Immutable;

namespace Devoxx.Images;

/// <summary>Who a container's process is.</summary>
/// <param name="AdditionalGids">
/// For setgroups(2), ascending and whole: <paramref name="Gid"/> and, unless the group was named explicitly, every group that lists the user.
/// Without the primary group among them, a process could drop it and so pass a check that denies its group (CVE-2022-36109, CVE-2023-25173).
/// </param>
/// <param name="Home">Home directory from passwd; <c>/</c> when it says none.</param>
/// <param name="Name">Name from passwd; null for a number that it does not list.</param>
public sealed record UserIdentity(uint Uid, uint Gid, ImmutableArray<uint> AdditionalGids, string Home, string? Name);
