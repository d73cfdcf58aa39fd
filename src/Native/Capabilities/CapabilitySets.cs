namespace Devoxx.Native.Capabilities;

/// <summary>What a process has, as 64 bits each.</summary>
public readonly record struct CapabilitySets(ulong Effective, ulong Permitted, ulong Inheritable)
{
    /// <summary>_LINUX_CAPABILITY_VERSION_3: two words of 32 bits per set.</summary>
    public const uint Version3 = 0x20080522;

    /// <summary>Those of the calling thread (capget(2)).</summary>
    public static unsafe CapabilitySets OfThisThread()
    {
        var header = stackalloc uint[] { Version3, 0 };
        var data = stackalloc uint[6];
        var result = RawSyscall.Invoke(Nr.capget, (nint)header, (nint)data);
        return result < 0
            ? throw new LinuxException("capget", (int)-result)
            : new CapabilitySets(data[0] | ((ulong)data[3] << 32), data[1] | ((ulong)data[4] << 32), data[2] | ((ulong)data[5] << 32));
    }
}
