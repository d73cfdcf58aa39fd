using System.Text;
using Devoxx.Native.Netlink;

namespace Devoxx.Native.Namespaces;

/// <summary>
/// A network namespace by descriptor (network_namespaces(7)). It has no name and is mounted nowhere: when the last process and
/// descriptor are gone it vanishes by itself, with all its interfaces.
/// </summary>
public sealed unsafe class NetworkNamespace : IDisposable
{
    private const int O_RDONLY = 0, O_CLOEXEC = 0x80000, AT_FDCWD = -100;

    private NetworkNamespace(NamespaceFd descriptor, NetlinkSocket routes)
    {
        Descriptor = descriptor;
        Route = routes;
    }

    public NamespaceFd Descriptor { get; }

    /// <summary>rtnetlink(7) within the namespace, from whichever thread.</summary>
    public NetlinkSocket Route { get; }

    /// <summary>By which another process of this user finds it, while this process holds it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{Descriptor.Number}";

    /// <summary>A new one, its loopback interface up.</summary>
    /// <param name="prepare">What is done within it before anything else, such as sysctls.</param>
    public static NetworkNamespace Create(Action? prepare = null) => OnThreadOfItsOwn(() =>
    {
        Check(RawSyscall.InvokeBlocking(Nr.unshare, (nint)(ulong)CloneFlags.CLONE_NEWNET), "unshare", null, nameof(CloneFlags.CLONE_NEWNET));
        var made = OfThisThread();
        Links.SetUp(made.Route, 1);
        prepare?.Invoke();
        return made;
    });

    /// <summary>An existing one.</summary>
    /// <param name="path">e.g. <c>/proc/1234/ns/net</c>.</param>
    public static NetworkNamespace Open(string path)
    {
        var descriptor = NamespaceFd.Open(path);
        return OnThreadOfItsOwn(() =>
        {
            Enter(descriptor);
            return new NetworkNamespace(descriptor, NetlinkSocket.OpenRoute());
        });
    }

    /// <summary>Does something within the namespace, on a thread that ends afterwards: no other thread is ever moved.</summary>
    public T Run<T>(Func<T> work) => OnThreadOfItsOwn(() =>
    {
        Enter(Descriptor);
        return work();
    });

    public void Dispose()
    {
        Route.Dispose();
        Descriptor.Dispose();
    }

    private static NetworkNamespace OfThisThread() => new(NamespaceFd.Open("/proc/thread-self/ns/net"), NetlinkSocket.OpenRoute());

    private static void Enter(NamespaceFd descriptor) =>
        Check(RawSyscall.InvokeBlocking(Nr.setns, descriptor.Number, (nint)(ulong)CloneFlags.CLONE_NEWNET), "setns", $"fd {descriptor.Number}", nameof(CloneFlags.CLONE_NEWNET));

    private static T OnThreadOfItsOwn<T>(Func<T> work) => ThreadOfItsOwn.Run("netns", work, stack: 128 * 1024);

    private static void Check(nint result, string call, string? subject, string? flags)
    {
        if (result < 0)
        {
            throw new LinuxException(call, (int)-result, subject, flags);
        }
    }

    /// <summary>The descriptor of a namespace, as /proc/pid/ns has it.</summary>
    public sealed class NamespaceFd : Microsoft.Win32.SafeHandles.SafeHandleZeroOrMinusOneIsInvalid
    {
        private NamespaceFd(int fd)
            : base(ownsHandle: true) => SetHandle(fd);

        public int Number => (int)handle;

        public static NamespaceFd Open(string path)
        {
            fixed (byte* text = Encoding.UTF8.GetBytes(path + "\0"))
            {
                var fd = RawSyscall.Invoke(Nr.openat, AT_FDCWD, (nint)text, O_RDONLY | O_CLOEXEC);
                Check(fd, "open", path, null);
                return new NamespaceFd((int)fd);
            }
        }

        protected override bool ReleaseHandle() => RawSyscall.Invoke(Nr.close, handle) == 0;
    }
}
