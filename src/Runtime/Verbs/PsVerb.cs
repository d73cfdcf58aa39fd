using System.Globalization;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>ps [--format table|json] ID</c>: the processes in the container's cgroup, as the host numbers them.</summary>
internal static class PsVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, ["f=format"], [], operandsBeforeRest: 1);
        if (parsed.Operands.Count == 0)
        {
            throw new UsageException("container id is missing");
        }

        var processes = Container.Open(options.Root, parsed.Operands[0]).NeedCgroup().Processes();
        switch (parsed.Value("format") ?? "table")
        {
            case "json":
                Failure.Write(1, "[" + string.Join(',', processes) + "]\n");
                return 0;
            case "table":
                List<string[]> rows = [["PID", "CMD"]];
                foreach (var pid in processes)
                {
                    rows.Add([pid.ToString(CultureInfo.InvariantCulture), Command(pid)]);
                }

                Table.Write(rows);
                return 0;
            default:
                throw new UsageException("invalid format option");
        }
    }

    private static string Command(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
