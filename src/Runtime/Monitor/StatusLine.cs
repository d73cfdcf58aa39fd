using Devoxx.Native;
using Devoxx.Runtime.Launch;

namespace Devoxx.Runtime.Monitor;

/// <summary>The status descriptor: exactly one line of JSON, then it is closed.</summary>
internal static class StatusLine
{
    public static void Write(int fd, byte[] json)
    {
        if (fd < 0)
        {
            return;
        }

        try
        {
            FileDescriptor.WriteAll(fd, [.. json, (byte)'\n']);
        }
        catch (LinuxException)
        {
            // Whoever asked is gone; it will find the container by its state file.
        }

        FileDescriptor.Close(fd);
    }
}
