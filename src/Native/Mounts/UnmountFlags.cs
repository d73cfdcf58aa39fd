namespace Devoxx.Native.Mounts;

/// <summary>The flags of umount2(2).</summary>
[Flags]
public enum UnmountFlags
{
    None = 0,
    Force = 1,

    /// <summary>Gone from the tree at once, unmounted when nobody uses it any more.</summary>
    Detach = 2,
    Expire = 4,
    NoFollow = 8,
}
