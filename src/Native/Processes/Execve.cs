using System.Runtime.InteropServices;
using System.Text;

namespace Devoxx.Native.Processes;

/// <summary>Replaces this process by another program: same pid, same terminal, same standard descriptors (execve(2)).</summary>
public static unsafe class Execve
{
    /// <summary>Does not return.</summary>
    /// <param name="path">The executable; there is no search.</param>
    /// <param name="argv">The arguments, the program's own name first.</param>
    /// <param name="envp">Entries <c>NAME=value</c>; null keeps the environment.</param>
    /// <exception cref="LinuxException">The call failed; nothing has changed then.</exception>
    public static void Replace(string path, IReadOnlyList<string> argv, IReadOnlyList<string>? envp = null)
    {
        using var arguments = new NativeStrings(argv);
        using var environment = new NativeStrings(envp ?? OwnEnvironment());

        // The .NET runtime ignores SIGPIPE, and an ignored signal stays ignored across execve.
        var before = Libc.signal(Signal.Pipe, 0);
        fixed (byte* file = Encoding.UTF8.GetBytes(path + "\0"))
        {
            _ = Libc.execve(file, arguments.Pointer, environment.Pointer);
        }

        var errno = Marshal.GetLastPInvokeError();
        _ = Libc.signal(Signal.Pipe, before);
        throw new LinuxException("execve", errno, path);
    }

    /// <summary>Starts this very executable anew in this process, with other arguments.</summary>
    public static void Self(IReadOnlyList<string> arguments) =>
        Replace("/proc/self/exe", [Environment.ProcessPath ?? "/proc/self/exe", .. arguments]);

    private static List<string> OwnEnvironment()
    {
        var entries = new List<string>();
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            entries.Add($"{entry.Key}={entry.Value}");
        }

        return entries;
    }
}
