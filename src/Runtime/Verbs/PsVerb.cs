using System.Globalization;
using Devoxx.Native.Processes;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Runtime.Verbs;

/// <summary>
/// <c>ps [--format table|json] ID [OPTION…]</c>: the processes in the container's cgroup, as the host numbers them. The table is what ps(1) of the host says of them, with
/// these options, <c>-ef</c> without any.
/// </summary>
internal static class PsVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, ["f=format"], [], operandsBeforeRest: 1);
        if (parsed.Operands.Count == 0)
        {
            throw new UsageException("container id is missing");
        }

        var processes = Container.Open(options.Root, parsed.Operands[0]).OpenCgroup()?.Processes() ?? [];
        switch (parsed.Value("format") ?? "table")
        {
            case "json":
                Failure.Write(1, "[" + string.Join(',', processes) + "]\n");
                return 0;
            case "table":
                Failure.Write(1, Choose(Told([.. parsed.Operands[1..]]), processes));
                return 0;
            default:
                throw new UsageException("invalid format option");
        }
    }

    /// <summary>The heading, and the lines of these processes.</summary>
    internal static string Choose(string table, IReadOnlyCollection<int> processes)
    {
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var column = lines.Length == 0 ? -1 : Array.IndexOf(Columns(lines[0]), "PID");
        if (column < 0)
        {
            throw new UsageException("ps has printed no column PID: which lines are the container's cannot be told");
        }

        var chosen = lines.Skip(1).Where(line => Columns(line) is var columns && columns.Length > column
            && int.TryParse(columns[column], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && processes.Contains(pid));
        return string.Concat(chosen.Prepend(lines[0]).Select(line => line + "\n"));
    }

    private static string[] Columns(string line) => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static string Told(string[] options)
    {
        var program = CommandPath.Candidates("ps", null).FirstOrDefault(File.Exists) ?? throw new SetupException("ps: the host has no ps(1); with --format json none is needed");
        var (read, write) = FileDescriptor.Pipe();
        using var output = new FileStream(new SafeFileHandle(read, ownsHandle: true), FileAccess.Read);
        using var errors = new SafeFileHandle(2, ownsHandle: false);
        SpawnedProcess process;
        using (var theirs = new SafeFileHandle(write, ownsHandle: true))
        {
            process = Spawn.Start(program, ["ps", .. options.Length > 0 ? options : ["-ef"]], HookOperations.OwnEnvironment(), stdout: theirs, stderr: errors);
        }

        using (process)
        {
            var table = new StreamReader(output).ReadToEnd();
            return process.PidFd.Reap().ExitCode is var code and not 0 ? throw new SetupException($"{program} {string.Join(' ', options)} ended with {code}") : table;
        }
    }
}
