using Devoxx.Native;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Orchestrator.Verbs;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Orchestrator;

/// <summary>From the words typed to the verb that runs: global options, the verb's name (two words in a group), the verb's options.</summary>
internal static class CommandLine
{
    public const string Program = "devoxx-compose";

    /// <summary>Runs what was typed and returns the exit code of the process.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandOutput output, Interrupts interrupts)
    {
        Verb? verb = null;
        try
        {
            var words = new ArgumentParser([.. GlobalOptions.Flags, VersionVerb.Flag]).ParsePrefix(arguments, out var before);
            if (words == arguments.Count || arguments[words] == "help")
            {
                return before.Has(VersionVerb.Flag) ? VersionVerb.Print(output, format: null) : Help(arguments, words, before, output);
            }

            (verb, var next) = Find(arguments, words);
            if (verb is null)
            {
                return GroupHelp(arguments[words], arguments, next, output);
            }

            return await RunAsync(verb, before, [.. arguments.Skip(next)], output, interrupts);
        }
        catch (UsageException wrong)
        {
            output.Error.WriteLine(wrong.Message);
            if (wrong.Suggestion is { } suggestion)
            {
                output.Error.WriteLine($"Did you mean {suggestion}?");
            }

            HelpText.WriteUsage(output.Error, verb);
            return ExitCode.Failure;
        }
        catch (Exception failure) when (IsToldToUser(failure))
        {
            output.Fail(failure.Message);
            return failure is CommandFailedException { ExitCode: var code } ? code : ExitCode.Failure;
        }
        catch (OperationCanceledException) when (interrupts.Raised)
        {
            return ExitCode.Interrupted;
        }
    }

    private static async Task<int> RunAsync(Verb verb, ParsedArguments before, IReadOnlyList<string> rest, CommandOutput output, Interrupts interrupts)
    {
        var parsed = new ArgumentParser(verb.AllFlags()).Parse(rest, verb.Interspersed);
        if (parsed.Has(GlobalOptions.Help) || before.Has(GlobalOptions.Help))
        {
            HelpText.Write(output.Out, verb);
            return ExitCode.Success;
        }

        var count = parsed.Words.Count;
        if (count < verb.LeastOperands || count > verb.MostOperands)
        {
            throw new UsageException($"\"{Program} {verb.Name}\" {Requirement(verb)}");
        }

        var global = new GlobalOptions(before, parsed);
        output.Configure(global);
        foreach (var without in global.WithoutEffect())
        {
            output.Warn(without);
        }

        if (global.IsDryRun)
        {
            DryRuns.Check(verb);
        }

        return await verb.RunAsync(new Invocation(global, parsed, output, interrupts) { Foretells = global.IsDryRun && DryRuns.IsChange(verb) });
    }

    /// <summary>Failures whose message says what the matter is. A reader of our output that has gone is told nothing.</summary>
    private static bool IsToldToUser(Exception failure) => failure switch
    {
        LinuxException { Syscall: "write", ErrnoName: "EPIPE" } => false,
        CommandFailedException or JournalException or IOException or UnauthorizedAccessException or FormatException => true,
        _ => false,
    };

    private static string Requirement(Verb verb) => (verb.LeastOperands, verb.MostOperands) switch
    {
        (0, 0) => "accepts no arguments",
        var (least, most) when least == most => $"requires exactly {least} argument{(least == 1 ? "" : "s")}",
        var (least, _) => $"requires at least {least} argument{(least == 1 ? "" : "s")}",
    };

    /// <summary>The verb named at <paramref name="index"/>, and the index of what follows it; null when only a group was named.</summary>
    private static (Verb? Verb, int Next) Find(IReadOnlyList<string> arguments, int index)
    {
        var name = arguments[index++];
        if (index < arguments.Count && VerbTable.Find($"{name} {arguments[index]}") is { } longer)
        {
            return (longer, index + 1);
        }

        if (VerbTable.Find(name) is { } verb)
        {
            return (verb, index);
        }

        if (!VerbTable.IsGroup(name))
        {
            throw new UsageException($"unknown command: \"{Program} {name}\"", Suggestion.For(name, VerbTable.Names.Select(known => known.Split(' ')[0])));
        }

        if (index == arguments.Count || arguments[index].StartsWith('-'))
        {
            return (null, index);
        }

        var full = $"{name} {arguments[index++]}";
        return VerbTable.Find(full) is { } member
            ? (member, index)
            : throw new UsageException($"unknown command: \"{Program} {full}\"", Suggestion.For(full, VerbTable.Names));
    }

    private static int Help(IReadOnlyList<string> arguments, int help, ParsedArguments before, CommandOutput output)
    {
        if (help + 1 >= arguments.Count)
        {
            HelpText.Write(output.Out, group: null);
            return ExitCode.Success;
        }

        var (verb, _) = Find(arguments, help + 1);
        if (verb is null)
        {
            HelpText.Write(output.Out, arguments[help + 1]);
        }
        else
        {
            HelpText.Write(output.Out, verb);
        }

        return ExitCode.Success;
    }

    private static int GroupHelp(string group, IReadOnlyList<string> arguments, int next, CommandOutput output)
    {
        // Only for its complaint about an option that a group does not have.
        _ = new ArgumentParser(GlobalOptions.Flags).ParsePrefix([.. arguments.Skip(next)], out _);
        HelpText.Write(output.Out, group);
        return ExitCode.Success;
    }
}
