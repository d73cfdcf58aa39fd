namespace Devoxx.Native.Mounts;

/// <summary>
/// One line of /proc/pid/mountinfo, proc_pid_mountinfo(5):
/// <code>36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue</code>
/// </summary>
/// <param name="Id">Unique while mounted; used again afterwards.</param>
/// <param name="ParentId">The mount it sits on (its own id for the top of a mount tree).</param>
/// <param name="Root">The directory of the file system that is the root of this mount: <c>/</c> unless bind-mounted.</param>
/// <param name="MountPoint">Relative to the reader's root, escapes undone. One that was deleted ends in <c>//deleted</c>.</param>
/// <param name="Options">Per mount: <c>rw,noatime</c>.</param>
/// <param name="Optional">Propagation: <c>shared:1</c>, <c>master:2</c>, <c>propagate_from:3</c>, <c>unbindable</c>; empty when private.</param>
/// <param name="SuperOptions">Per file system.</param>
public sealed record MountEntry(
    int Id,
    int ParentId,
    int Major,
    int Minor,
    string Root,
    string MountPoint,
    string Options,
    string Optional,
    string FsType,
    string Source,
    string SuperOptions)
{
    public bool IsReadOnly => HasOption(Options, "ro");

    public bool IsShared => Optional.Contains("shared:", StringComparison.Ordinal);

    /// <summary>Whether a comma-separated list has this very item.</summary>
    public static bool HasOption(string options, string wanted)
    {
        foreach (var range in options.AsSpan().Split(','))
        {
            if (options.AsSpan()[range].SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }
}
