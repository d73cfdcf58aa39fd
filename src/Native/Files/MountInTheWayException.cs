namespace Devoxx.Native.Files;

/// <summary>A tree was not touched because something is mounted in it.</summary>
public sealed class MountInTheWayException(string tree, string mountPoint)
    : IOException($"{tree}: something is mounted at {mountPoint}; unmount it first")
{
    public string Tree { get; } = tree;

    public string MountPoint { get; } = mountPoint;
}
