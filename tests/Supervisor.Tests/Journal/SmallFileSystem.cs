using System.Runtime.InteropServices;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>A small tmpfs of a test's own. Needs root.</summary>
public sealed partial class SmallFileSystem : IDisposable
{
    private const ulong ReadOnly = 1, Remount = 32;
    private readonly TemporaryDirectory directory = new();

    public SmallFileSystem(string size)
    {
        Options = $"size={size}";
        Mount(0);
    }

    public string Path => directory.Path;

    private string Options { get; }

    public void MakeReadOnly() => Mount(Remount | ReadOnly);

    public void Dispose()
    {
        Assert.Equal(0, umount2(Path, 2));
        directory.Dispose();
    }

    private void Mount(ulong flags) =>
        Assert.True(mount("tmpfs", Path, "tmpfs", flags, Options) == 0, $"mount: errno {Marshal.GetLastPInvokeError()}; this test needs root");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
