using System.Text.Json;
using Devoxx.Native;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Oci.Names;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Resolver;

namespace Devoxx.Runtime.Verbs;

/// <summary>
/// <c>resolver --directory DIR [--resolv-conf FILE]</c>: answers the containers' questions for names, until it is killed. Not for people: the
/// supervisor starts it.
/// </summary>
internal static class ResolverVerb
{
    /// <summary>EX_TEMPFAIL: another one serves the directory.</summary>
    public const int Occupied = 75;

    public static int Run(ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, ["directory", "resolv-conf"], []);
        var directory = new NamesDirectory(Path.GetFullPath(parsed.Require("directory")));
        Directory.CreateDirectory(directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var only = FileLock.TryAcquire(directory.Lock);
        if (only is null)
        {
            return Occupied;
        }

        Prepare();
        using var loop = new ResolverLoop(directory, parsed.Value("resolv-conf") ?? "/etc/resolv.conf");
        var identity = ProcessIdentity.Of(Environment.ProcessId)!;
        AtomicFile.Write(
            directory.Process,
            JsonSerializer.SerializeToUtf8Bytes(new ResolverProcessRecord(identity.Pid, identity.StartTime, identity.BootId), NamesJson.Default.ResolverProcessRecord),
            durable: false);
        loop.Run();
        return 0;
    }

    /// <summary>A hang-up or ^C is not for it; as many descriptors as are allowed at all, for each container has several.</summary>
    private static unsafe void Prepare()
    {
        const nint SIG_IGN = 1;
        var action = stackalloc nint[] { SIG_IGN, 0, 0, 0 };
        foreach (var signal in (ReadOnlySpan<int>)[1, 2, 13])
        {
            RawSyscall.Invoke(Nr.rt_sigaction, signal, (nint)action, 0, 8);
        }

        OpenFilesLimit.Raise();
    }
}
