using System.Globalization;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Terminals;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Exec;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>exec [options] ID [--] COMMAND [ARG…]</c>: a further process in a running container; its exit code is ours.
/// With <c>--timeout MILLISECONDS</c> it is killed with all its children when it takes longer, and the code is 124. With
/// <c>--exit-file PATH</c> the code is written there too.</summary>
internal static class ExecVerb
{
    /// <summary>The option of who wants the codes of shells and of docker: 127 for a command that is not there, 126 for one that cannot be executed. It comes first.</summary>
    private const string ShellCodes = "shell-exit-codes";

    /// <summary>When the process could not be started: 255, as runc has it, unless <see cref="ShellCodes"/> is asked for.</summary>
    public static int FailureCode(ReadOnlySpan<string> args, string kind) => args is ["--" + ShellCodes, ..] ? FailureKind.ExitCode(kind) : 255;

    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(
            args,
            ["root", "e=env", "u=user", "cwd", "g=additional-gids", "p=process", "pid-file", "console-socket", "c=cap", "preserve-fds", "apparmor", "process-label", "cgroup", "timeout", "pidfd-socket", "exit-file"],
            ["t=tty", "d=detach", "no-new-privs", "privileged", "ignore-paused", "T=no-tty", "i=interactive", ShellCodes],
            operandsBeforeRest: 1);
        if (parsed.Operands.Count == 0)
        {
            throw new UsageException("container id is missing");
        }

        var directory = new StateDirectory(parsed.Value("root") ?? options.Root, parsed.Operands[0]);
        var file = parsed.Value("process");
        var run = new ExecRun(directory)
        {
            Detach = parsed.Has("detach"),
            PidFile = parsed.Value("pid-file"),
            ConsoleSocket = parsed.Value("console-socket"),
            PidFdSocket = parsed.Value("pidfd-socket"),
            SubCgroups = SubCgroups.Parse(parsed.Values("cgroup")),
            IgnorePaused = parsed.Has("ignore-paused"),
            Timeout = parsed.Number("timeout") is { } milliseconds ? (int)Math.Min(milliseconds, int.MaxValue) : null,
            PreservedFds = (int)(parsed.Number("preserve-fds") ?? 0),

            // An engine, which gives the process in a file, has connected our descriptors for it; a person wants the prompt back.
            NullStandardDescriptors = parsed.Has("detach") && file is null,
        };
        if (file is not null)
        {
            var process = RuntimeSpecReader.ReadProcess(File.ReadAllBytes(file));
            return run.Run((_, _) => process with { Terminal = process.Terminal || parsed.Has("tty") });
        }

        if (parsed.Operands.Count < 2)
        {
            throw new UsageException("process args cannot be empty");
        }

        var request = Request(parsed);
        var code = run.Run(request.ApplyTo);
        if (parsed.Value("exit-file") is { } exitFile)
        {
            // Whole or not at all, for whoever comes when we are gone.
            File.WriteAllText(exitFile + ".next", code.ToString(CultureInfo.InvariantCulture));
            File.Move(exitFile + ".next", exitFile, overwrite: true);
        }

        return code;
    }

    private static ExecRequest Request(Arguments parsed)
    {
        var tty = parsed.Has("tty") && !parsed.Has("no-tty") && (!parsed.Has("detach") || parsed.Value("console-socket") is not null);
        return new ExecRequest
        {
            Args = parsed.Operands[1..],
            Env = parsed.Values("env"),
            User = parsed.Value("user"),
            AdditionalGids = Numbers(parsed.Values("additional-gids")),
            Cwd = parsed.Value("cwd") is { } cwd && !cwd.StartsWith('/') ? throw new UsageException($"--cwd: '{cwd}' is not absolute") : parsed.Value("cwd"),
            Tty = tty,
            ConsoleSize = tty && WindowSize.Of(0) is { } size ? new ConsoleSize(size.Rows, size.Columns) : null,
            Capabilities = Known(parsed.Values("cap")),
            Privileged = parsed.Has("privileged"),
            NoNewPrivileges = parsed.Has("no-new-privs") ? true : null,
            ApparmorProfile = parsed.Value("apparmor"),
            SelinuxLabel = parsed.Value("process-label"),
        };
    }

    private static IReadOnlyList<string> Known(IReadOnlyList<string> capabilities)
    {
        foreach (var name in capabilities)
        {
            if (Capability.Parse(name) is null)
            {
                throw new UsageException($"--cap: '{name}' is no capability");
            }
        }

        return capabilities;
    }

    private static List<uint> Numbers(IReadOnlyList<string> texts)
    {
        var numbers = new List<uint>();
        foreach (var text in texts)
        {
            numbers.Add(uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new UsageException($"--additional-gids: '{text}' is no number"));
        }

        return numbers;
    }
}
