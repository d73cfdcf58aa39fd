namespace Devoxx.Native.Files;

/// <summary>What to watch for and what happened: the constants of inotify(7).</summary>
[Flags]
public enum InotifyMask : uint
{
    None = 0,
    Access = 0x1,
    Modify = 0x2,
    Attributes = 0x4,
    CloseWrite = 0x8,
    CloseNoWrite = 0x10,
    Open = 0x20,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Create = 0x100,
    Delete = 0x200,
    DeleteSelf = 0x400,
    MoveSelf = 0x800,
    Unmount = 0x2000,

    /// <summary>The queue ran over: look at everything again.</summary>
    Overflow = 0x4000,
    Ignored = 0x8000,
    OnlyDirectory = 0x01000000,
    DoNotFollow = 0x02000000,
    IsDirectory = 0x40000000,
}
