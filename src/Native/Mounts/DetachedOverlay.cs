using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Mounts;

/// <summary>
/// Several directories as overlayfs shows them, read-only, in a mount that is in no namespace: nobody else sees it, and the
/// kernel drops it with the handle, also when this process is killed. By fsopen(2), fsconfig(2) and fsmount(2), Linux 5.2.
/// </summary>
public static unsafe class DetachedOverlay
{
    private const nint SysFsopen = 430, SysFsconfig = 431, SysFsmount = 432;
    private const nint SetString = 1, Create = 6;

    /// <summary>fsconfig(2) takes strings of up to 255 bytes; <c>/proc/self/fd/123:</c> for each layer fits these many.</summary>
    private const int MostLayersByDescriptor = 14;

    [DllImport("libc")]
    private static extern nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);

    /// <summary>The root of the merged view, open as <c>O_PATH</c>, or as fsmount(2) returns it.</summary>
    /// <param name="layers">Base first.</param>
    /// <exception cref="LinuxException">A layer cannot be opened, or the kernel does not merge so many.</exception>
    public static SafeFileHandle Open(ImmutableArray<string> layers) => layers.Length == 1 ? OpenPath(layers[0]) : Merge(layers, null);

    /// <summary>A mount that can be written to, to be attached with <see cref="MoveMount"/>.</summary>
    /// <param name="upper">Takes what is written.</param>
    /// <param name="work">Empty, and on the same filesystem.</param>
    /// <exception cref="LinuxException">As <see cref="Open"/>.</exception>
    public static MountFd OpenWritable(ImmutableArray<string> layers, string upper, string work)
    {
        using var merged = Merge(layers, (upper, work));
        var mount = new MountFd(Number(merged));
        merged.SetHandleAsInvalid();
        return mount;
    }

    private static SafeFileHandle Merge(ImmutableArray<string> layers, (string Upper, string Work)? writable)
    {
        var parts = layers.Reverse().Select(OpenPath).ToArray();
        try
        {
            using var context = Own(WithString("overlay", name => syscall(SysFsopen, (nint)name, 1, 0, 0, 0)), "fsopen", "overlay");
            if (layers.Length <= MostLayersByDescriptor)
            {
                Configure(context, "lowerdir", string.Join(':', parts.Select(ByDescriptor)));
            }
            else
            {
                // One at a time, since Linux 6.5.
                foreach (var part in parts)
                {
                    Configure(context, "lowerdir+", ByDescriptor(part));
                }
            }

            if (writable is { } over)
            {
                Configure(context, "upperdir", over.Upper);
                Configure(context, "workdir", over.Work);
            }

            Check((int)syscall(SysFsconfig, Number(context), Create, 0, 0, 0), "fsconfig", "FSCONFIG_CMD_CREATE");
            const nint ReadOnly = 1, NoSuidNoDev = 2 | 4;
            return Own((int)syscall(SysFsmount, Number(context), 1, NoSuidNoDev | (writable is null ? ReadOnly : 0), 0, 0), "fsmount", "overlay");
        }
        finally
        {
            foreach (var part in parts)
            {
                part.Dispose();
            }
        }
    }

    private static string ByDescriptor(SafeFileHandle part) => "/proc/self/fd/" + Number(part).ToString(CultureInfo.InvariantCulture);

    private static void Configure(SafeFileHandle context, string key, string value) =>
        Check(
            WithString(key, k => WithString(value, v => syscall(SysFsconfig, Number(context), SetString, (nint)k, (nint)v, 0))),
            "fsconfig", $"{key}={value}");

    private delegate nint StringCall(byte* text);

    private static int WithString(string text, StringCall call)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(text + "\0"))
        {
            return (int)call(p);
        }
    }

    private static SafeFileHandle OpenPath(string path)
    {
        fixed (byte* p = CPath.Of(path))
        {
            var fd = FileCalls.Open(p, O_PATH | O_DIRECTORY);
            return fd >= 0 ? FileCalls.Own(fd) : throw new LinuxException("open", -fd, path, "O_PATH|O_DIRECTORY");
        }
    }

    private static SafeFileHandle Own(int fd, string call, string subject)
    {
        Check(fd, call, subject);
        return FileCalls.Own(fd);
    }

    private static void Check(int result, string call, string subject)
    {
        if (result < 0)
        {
            throw new LinuxException(call, LastErrno.Value, subject);
        }
    }

    private static int Number(SafeHandle handle) => FileCalls.Number(handle);
}
