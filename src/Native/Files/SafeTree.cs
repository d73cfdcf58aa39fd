using Devoxx.Native.Mounts;

namespace Devoxx.Native.Files;

/// <summary>
/// Deleting and copying trees that a container may have written: links are never followed, mounts never crossed, names
/// are bytes, and every step is taken from a directory that is held open, so that nothing swapped in meanwhile is reached.
/// </summary>
public static partial class SafeTree
{
    /// <summary>The mount at or below <paramref name="path"/>, by this process's mount table; null when there is none.</summary>
    private static string? MountBelow(string path)
    {
        foreach (var entry in MountTable.Read())
        {
            if (entry.MountPoint == path || (entry.MountPoint.StartsWith(path, StringComparison.Ordinal) && entry.MountPoint[path.Length] == '/'))
            {
                return entry.MountPoint;
            }
        }

        return null;
    }
}
