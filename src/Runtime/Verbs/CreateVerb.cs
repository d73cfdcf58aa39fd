using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Lifecycle;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>create [--bundle DIR] [--config FILE] [--pid-file FILE] [--console-socket SOCKET] ID</c>.</summary>
internal static class CreateVerb
{
    public static readonly string[] WithValue = ["b=bundle", "pid-file", "console-socket", "preserve-fds", "pidfd-socket", "f=config"];

    public static readonly string[] Flags = ["no-pivot", "no-new-keyring", "no-subreaper", "d=detach", "keep"];

    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var (_, init) = new CreateRun(Options(options, Arguments.Parse(args, WithValue, Flags))).Run();
        init.Dispose();
        return 0;
    }

    public static CreateOptions Options(GlobalOptions options, Arguments parsed) =>
        new(parsed.Single("container id"), options.Root, parsed.Value("bundle") ?? ".")
        {
            Config = parsed.Value("config"),
            PidFile = parsed.Value("pid-file"),
            PidFdSocket = parsed.Value("pidfd-socket"),
            NoPivot = parsed.Has("no-pivot"),
            ConsoleSocket = parsed.Value("console-socket"),
            PreservedFds = (int)(parsed.Number("preserve-fds") ?? 0),
            NewKeyring = !parsed.Has("no-new-keyring"),
            SystemdCgroup = options.SystemdCgroup,
        };
}
