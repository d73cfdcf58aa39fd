using System.Collections.Immutable;

namespace Devoxx.Supervisor.Journal;

/// <summary>What <see cref="JournalCheck"/> has found.</summary>
/// <param name="Size">Bytes, the write-ahead log included.</param>
/// <param name="Oldest">When the oldest event that is kept was written; null when there is none.</param>
/// <param name="Findings">What is wrong, a sentence each; empty when nothing is.</param>
public sealed record JournalReport(
    string Path, long Size, long Events, long Actors, long Snapshots, DateTimeOffset? Oldest, DateTimeOffset? Newest, ImmutableArray<string> Findings)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Findings.IsEmpty;
}

/// <summary>What <see cref="JournalRepair"/> has done.</summary>
/// <param name="IsReplaced">Whether the journal is now another file; false when nothing could be read, and nothing was done.</param>
/// <param name="Damaged">Where the damaged file lies now, with its log beside it; null when nothing was done.</param>
/// <param name="Kept">Events in the new journal.</param>
/// <param name="Unreadable">Events that are known to have been there and could not be read.</param>
/// <param name="Dropped">Events that could be read, but came after one of the same actor that could not: without it they mean nothing.</param>
/// <param name="Notes">What happened, a sentence each.</param>
public sealed record JournalRepairReport(bool IsReplaced, string? Damaged, long Kept, long Unreadable, long Dropped, ImmutableArray<string> Notes);
