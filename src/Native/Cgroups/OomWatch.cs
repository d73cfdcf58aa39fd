using System.Runtime.InteropServices;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Cgroups;

/// <summary>Readable when a cgroup ran out of memory: an eventfd on version 1, an inotify instance on version 2.</summary>
public sealed unsafe class OomWatch : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly SafeHandle inner;

    internal OomWatch(SafeHandle inner)
        : base(ownsHandle: true)
    {
        this.inner = inner;
        SetHandle(inner.DangerousGetHandle());
    }

    /// <summary>Takes what is there to read, so that the handle is quiet until the next time.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Drain()
    {
        var any = false;
        var buffer = stackalloc byte[1024];
        while (FileCalls.Read(FileCalls.Number(this), buffer, 1024) > 0)
        {
            any = true;
        }

        return any;
    }

    protected override bool ReleaseHandle()
    {
        inner.Dispose();
        return true;
    }
}
