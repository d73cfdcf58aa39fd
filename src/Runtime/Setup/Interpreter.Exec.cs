using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>The end of the program: becoming the command, or saying why not.</summary>
internal static unsafe partial class Interpreter
{
    /// <summary>Tries one path after the other, as execvp(3): a path that may not be executed matters only if no other can be.</summary>
    internal static nint Exec(byte** paths, nint argv, nint envp)
    {
        nint failure = -ENOENT;
        for (var path = paths; *path != null; path++)
        {
            var result = RawSyscall.Invoke(Nr.execve, (nint)(*path), argv, envp);
            if (result is not (-ENOENT or -ENOTDIR or -EACCES))
            {
                return result;
            }

            failure = result == -EACCES || failure == -EACCES ? -EACCES : result;
        }

        for (var path = paths; failure == -ENOENT && *path != null; path++)
        {
            const int F_OK = 0;
            failure = RawSyscall.Invoke(Nr.faccessat2, AT_FDCWD, (nint)(*path), F_OK, AT_EACCESS) == 0 ? -NoInterpreter : failure;
        }

        return failure;
    }

    private static void Complain(ExecComplaint* complaint, int errno)
    {
        const int ENOEXEC = 8, NotFound = 127, NotExecutable = 126;
        var text = (byte*)(errno switch
        {
            ENOENT or NoInterpreter => complaint->NotFound,
            EACCES => complaint->Denied,
            ENOEXEC => complaint->WrongFormat,
            _ => complaint->Other,
        });
        RawSyscall.Invoke(Nr.write, 2, (nint)text, Length(text));
        Exit(errno is ENOENT or NoInterpreter ? NotFound : NotExecutable);
    }

    private static void Tell(int fd, byte* text, int number)
    {
        RawSyscall.Invoke(Nr.write, fd, (nint)text, Length(text));
        var digits = stackalloc byte[12];
        var first = 12;
        do
        {
            digits[--first] = (byte)('0' + (number % 10));
            number /= 10;
        }
        while (number > 0);
        RawSyscall.Invoke(Nr.write, fd, (nint)(digits + first), 12 - first);
        Exit(1);
    }

    private static int Length(byte* text)
    {
        var length = 0;
        while (text[length] != 0)
        {
            length++;
        }

        return length;
    }

    private static nint RequireCommand(byte** paths)
    {
        const int X_OK = 1, ENOSYS = 38;
        nint failure = -ENOENT;
        for (var path = paths; *path != null; path++)
        {
            var result = RawSyscall.Invoke(Nr.faccessat2, AT_FDCWD, (nint)(*path), X_OK, AT_EACCESS);
            if (result is 0 or -EPERM or -ENOSYS)
            {
                // EPERM: the filter does not let us ask; ENOSYS: before Linux 5.8. execve will tell.
                return 0;
            }

            failure = result == -EACCES || failure == -EACCES ? -EACCES : result;
        }

        return failure;
    }
}
