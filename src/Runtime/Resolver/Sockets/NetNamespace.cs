using Devoxx.Native;
using Devoxx.Native.Namespaces;
using Devoxx.Runtime.Launch;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Resolver.Sockets;

/// <summary>
/// A network namespace by descriptor, for the one thread there is: it goes in to open a socket and comes back. A socket belongs to the
/// namespace that it was opened in, wherever it is used.
/// </summary>
internal sealed class NetNamespace : IDisposable
{
    private readonly int _fd;

    private NetNamespace(int fd) => _fd = fd;

    /// <summary>The one that the process was started in: the host's.</summary>
    public static NetNamespace Host { get; } = Open("/proc/thread-self/ns/net");

    /// <exception cref="LinuxException">There is none.</exception>
    public static NetNamespace Open(string path) => new(FileDescriptor.Open(path, O_RDONLY));

    public T Within<T>(Func<T> work)
    {
        if (ReferenceEquals(this, Host))
        {
            return work();
        }

        var host = Host;
        Enter();
        try
        {
            return work();
        }
        finally
        {
            host.Enter();
        }
    }

    public void Dispose() => FileDescriptor.Close(_fd);

    private void Enter() =>
        FileDescriptor.Check(RawSyscall.Invoke(Nr.setns, _fd, (nint)(ulong)CloneFlags.CLONE_NEWNET), "setns", $"fd {_fd}");
}
