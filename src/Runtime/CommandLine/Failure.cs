using System.Text;
using Devoxx.Native;
using Devoxx.Runtime.Launch;

namespace Devoxx.Runtime.CommandLine;

/// <summary>What the person who asked reads when it did not work.</summary>
internal static class Failure
{
    /// <summary>To standard error, without System.Console, which costs a millisecond and most of a megabyte.</summary>
    public static void Print(string message) => Write(2, $"devoxx-runtime: {message}\n");

    public static void Write(int fd, string text)
    {
        try
        {
            FileDescriptor.WriteAll(fd, Encoding.UTF8.GetBytes(text));
        }
        catch (LinuxException)
        {
            // Nobody reads; the exit code says it too.
        }
    }
}
