using System.Runtime.InteropServices;
using System.Text;

namespace Devoxx.Native.Processes;

/// <summary>A process just started, still to be reaped through its pidfd.</summary>
public sealed record SpawnedProcess(int Pid, PidFd PidFd) : IDisposable
{
    public void Dispose() => PidFd.Dispose();
}

/// <summary>
/// Starts a program by posix_spawn(3), which glibc does by CLONE_VFORK: its time does not grow with the memory of the caller.
/// All signals are at their defaults and unblocked in the new process; no descriptor but those named is inherited.
/// </summary>
public static unsafe class Spawn
{
    private const short POSIX_SPAWN_SETSIGDEF = 4, POSIX_SPAWN_SETSIGMASK = 8, POSIX_SPAWN_SETSID = 0x80;

    /// <param name="path">The executable; there is no search.</param>
    /// <param name="argv">The arguments, the program's own name first.</param>
    /// <param name="envp">Entries <c>NAME=value</c>.</param>
    /// <param name="stdin">Null means <c>/dev/null</c>; likewise for the two others.</param>
    /// <param name="extra">Further descriptors, and the number that each is to have in the new process.</param>
    /// <param name="newSession">setsid(2): no controlling terminal, no signals from ours.</param>
    /// <exception cref="LinuxException">posix_spawn failed; ENOENT or EACCES are about <paramref name="path"/>.</exception>
    public static SpawnedProcess Start(
        string path,
        IReadOnlyList<string> argv,
        IReadOnlyList<string> envp,
        SafeHandle? stdin = null,
        SafeHandle? stdout = null,
        SafeHandle? stderr = null,
        IReadOnlyList<(SafeHandle Handle, int Target)>? extra = null,
        bool newSession = false)
    {
        // glibc: sizeof(posix_spawn_file_actions_t) is 80, of posix_spawnattr_t 336, of sigset_t 128.
        var actions = stackalloc byte[128];
        var attributes = stackalloc byte[512];
        var signals = stackalloc byte[128];
        var duplicates = new List<int>();
        Span<byte> devNull = [.. "/dev/null\0"u8];
        using var arguments = new NativeStrings(argv);
        using var environment = new NativeStrings(envp);
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        try
        {
            fixed (byte* nothing = devNull)
            fixed (byte* file = Encoding.UTF8.GetBytes(path + "\0"))
            {
                AddStandard(actions, duplicates, stdin, 0, nothing);
                AddStandard(actions, duplicates, stdout, 1, nothing);
                AddStandard(actions, duplicates, stderr, 2, nothing);
                foreach (var (handle, target) in extra ?? [])
                {
                    AddDuplicate(actions, duplicates, handle, target);
                }

                new Span<byte>(signals, 128).Clear();
                _ = Libc.posix_spawnattr_setsigmask(attributes, signals);
                new Span<byte>(signals, 128).Fill(0xff);
                _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);
                _ = Libc.posix_spawnattr_setflags(
                    attributes, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (newSession ? POSIX_SPAWN_SETSID : 0)));

                // Descriptors that this process was itself given by accident go no further; kernels before 5.11 refuse, and keep them.
                const nint SYS_close_range = 436, CLOSE_RANGE_CLOEXEC = 4;
                _ = Libc.syscall(SYS_close_range, 3, unchecked((nint)uint.MaxValue), CLOSE_RANGE_CLOEXEC, 0);
                int pid;
                var errno = Libc.posix_spawn(&pid, file, actions, attributes, arguments.Pointer, environment.Pointer);
                return errno == 0 ? new SpawnedProcess(pid, PidFd.Open(pid)) : throw new LinuxException("posix_spawn", errno, path);
            }
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
            foreach (var fd in duplicates)
            {
                _ = Libc.close(fd);
            }
        }
    }

    private static void AddStandard(void* actions, List<int> duplicates, SafeHandle? handle, int target, byte* devNull)
    {
        const int O_RDWR = 2;
        if (handle is null)
        {
            Check(Libc.posix_spawn_file_actions_addopen(actions, target, devNull, O_RDWR, 0), "posix_spawn_file_actions_addopen");
        }
        else
        {
            AddDuplicate(actions, duplicates, handle, target);
        }
    }

    // By way of a high number, so that no target overwrites the source of a later one.
    private static void AddDuplicate(void* actions, List<int> duplicates, SafeHandle handle, int target)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            var duplicate = Libc.fcntl((int)handle.DangerousGetHandle(), Libc.F_DUPFD_CLOEXEC, 128);
            if (duplicate < 0)
            {
                throw new LinuxException("fcntl", Marshal.GetLastPInvokeError(), $"fd {handle.DangerousGetHandle()}", "F_DUPFD_CLOEXEC");
            }

            duplicates.Add(duplicate);
            Check(Libc.posix_spawn_file_actions_adddup2(actions, duplicate, target), "posix_spawn_file_actions_adddup2");
        }
        finally
        {
            if (added)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static void Check(int errno, string call)
    {
        if (errno != 0)
        {
            throw new LinuxException(call, errno);
        }
    }
}
