using System.Text;
using Devoxx.Native;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Launch;

/// <summary>memfd_create(2): a file without a name, to hand a text to a process.</summary>
internal static unsafe class MemoryFile
{
    public static int Create(string name)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(name + "\0"))
        {
            return (int)FileDescriptor.Check(RawSyscall.Invoke(Nr.memfd_create, (nint)p, Linux.MFD_CLOEXEC), "memfd_create", name);
        }
    }

    public static int Of(string name, ReadOnlySpan<byte> content)
    {
        var fd = Create(name);
        FileDescriptor.WriteAll(fd, content);
        Rewind(fd);
        return fd;
    }

    public static void Rewind(int fd) => FileDescriptor.Check(RawSyscall.Invoke(Nr.lseek, fd, 0, Linux.SEEK_SET), "lseek");
}
