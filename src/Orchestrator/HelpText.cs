using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Verbs;

namespace Devoxx.Orchestrator;

/// <summary><c>--help</c>, in the layout of <c>docker compose</c>.</summary>
internal static class HelpText
{
    /// <summary>All commands, or those of a group.</summary>
    public static void Write(TextWriter output, string? group)
    {
        output.WriteLine();
        output.WriteLine($"Usage:  {CommandLine.Program} {(group is null ? "[OPTIONS]" : group)} COMMAND");
        output.WriteLine();
        output.WriteLine(group is null ? "Run the services of a Compose file in containers made out of the Linux kernel" : VerbTable.GroupSummary(group));
        output.WriteLine();
        if (group is null)
        {
            output.WriteLine("Options:");
            WriteFlags(output, [.. GlobalOptions.Flags, VersionVerb.Flag]);
            output.WriteLine();
        }

        output.WriteLine("Commands:");
        WriteCommands(output, group);
        output.WriteLine();
        output.WriteLine($"Run '{CommandLine.Program} {(group is null ? "" : group + " ")}COMMAND --help' for more information on a command.");
    }

    public static void Write(TextWriter output, Verb verb)
    {
        output.WriteLine();
        output.WriteLine(UsageLine(verb));
        output.WriteLine();
        output.WriteLine(verb.Summary);
        var flags = verb.Flags.Where(flag => !flag.Hidden).ToList();
        if (flags.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Options:");
            WriteFlags(output, flags);
        }

        if (VerbTable.Names.Any(name => name.StartsWith(verb.Name + " ", StringComparison.Ordinal)))
        {
            output.WriteLine();
            output.WriteLine("Commands:");
            WriteCommands(output, verb.Name);
        }

        output.WriteLine();
        output.WriteLine($"Options of every command ('{CommandLine.Program} --help') may stand before or after it.");
    }

    /// <summary>After an error: how it is used, and where to read on.</summary>
    public static void WriteUsage(TextWriter output, Verb? verb)
    {
        output.WriteLine();
        output.WriteLine(verb is null ? $"Usage:  {CommandLine.Program} [OPTIONS] COMMAND" : UsageLine(verb));
        output.WriteLine();
        output.WriteLine($"Run '{CommandLine.Program} {(verb is null ? "" : verb.Name + " ")}--help' for more information");
    }

    private static string UsageLine(Verb verb) =>
        $"Usage:  {CommandLine.Program} {verb.Name} [OPTIONS] {verb.Operands}".TrimEnd();

    private static void WriteCommands(TextWriter output, string? group)
    {
        var lines = new List<(string Name, string Summary)>();
        foreach (var name in VerbTable.Names)
        {
            var words = name.Split(' ');
            if (group is not null && words.Length == 2 && words[0] == group)
            {
                lines.Add((words[1], VerbTable.Find(name)!.Summary));
            }
            else if (group is null && words.Length == 2)
            {
                if (!lines.Exists(line => line.Name == words[0]))
                {
                    lines.Add((words[0], VerbTable.GroupSummary(words[0])));
                }
            }
            else if (group is null && VerbTable.Find(name) is { Hidden: false } verb)
            {
                lines.Add((name, verb.Summary));
            }
        }

        var width = lines.Max(line => line.Name.Length);
        foreach (var (name, summary) in lines)
        {
            output.WriteLine($"  {name.PadRight(width)}  {summary}");
        }
    }

    private static void WriteFlags(TextWriter output, IReadOnlyList<Flag> flags)
    {
        var lines = flags.Where(flag => !flag.Hidden).OrderBy(flag => flag.Name, StringComparer.Ordinal).Select(flag =>
            ((flag.Short is { } letter ? $"  -{letter}, " : "      ") + $"--{flag.Name} {flag.ValueName}".TrimEnd(), flag.Description)).ToList();
        var width = lines.Max(line => line.Item1.Length);
        foreach (var (left, description) in lines)
        {
            output.WriteLine($"{left.PadRight(width)}   {description}");
        }
    }
}
