using Devoxx.Native.Terminals;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Exec;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Lifecycle;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>run</c>: create and start; in the foreground also wait, and delete. The exit code is the command's.</summary>
internal static class RunVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, CreateVerb.WithValue, CreateVerb.Flags);
        var detach = parsed.Has("detach");
        var create = CreateVerb.Options(options, parsed);
        var console = (Ours: -1, Theirs: -1);
        if (!detach && create.ConsoleSocket is null && Bundle.Read(Path.GetFullPath(create.Bundle), create.Config).Process is { Terminal: true })
        {
            console = FileDescriptor.SocketPair();
            var size = WindowSize.Of(0) is { } window ? new ConsoleSize(window.Rows, window.Columns) : null;
            create = create with { OwnConsoleSocket = console.Theirs, ConsoleSize = size };
        }

        var (container, init) = new CreateRun(create).Run();
        using (init)
        {
            FileDescriptor.Close(console.Theirs);
            var relay = console.Ours >= 0 ? new TerminalRelay(FileDescriptor.Receive(console.Ours)) : null;
            try
            {
                StartRun.Run(container);
            }
            catch
            {
                // What a hook that failed has written is the best reason there is; and nobody else would remove what is left.
                relay?.Run(init);
                if (File.Exists(container.Directory.StatePath))
                {
                    DeleteRun.Run(container, force: true);
                }

                throw;
            }

            if (detach)
            {
                return 0;
            }

            using var signals = new SignalForwarding(init);
            var status = relay is not null ? relay.Run(init) : ExecRun.Wait(init);
            if (!parsed.Has("keep"))
            {
                DeleteRun.Run(container, force: false);
            }

            return status.ExitCode;
        }
    }
}
