namespace Devoxx.Orchestrator.Arguments;

/// <summary>
/// Reads words by a list of flags, as pflag does. Written here because no library that is on hand has this grammar:
/// <c>-f</c> is a file before the verb and "follow" after <c>logs</c>, <c>exec web ls -l</c> leaves <c>-l</c> to <c>ls</c>,
/// <c>-t5</c> has a value, and an option given twice is no error.
/// </summary>
internal sealed class ArgumentParser(IReadOnlyList<Flag> flags)
{
    private readonly Dictionary<Flag, List<string>> values = [];
    private readonly List<string> words = [];

    /// <summary>Reads all of <paramref name="arguments"/>.</summary>
    /// <param name="interspersed">False when the first word that is no flag ends the flags, as for <c>exec</c>.</param>
    /// <exception cref="UsageException">A flag is unknown, lacks its value or has a wrong one.</exception>
    public ParsedArguments Parse(IReadOnlyList<string> arguments, bool interspersed)
    {
        var index = 0;
        while (index < arguments.Count)
        {
            var argument = arguments[index++];
            if (argument == "--")
            {
                AddRest(arguments, index);
                break;
            }

            if (!IsFlag(argument))
            {
                words.Add(argument);
                if (!interspersed)
                {
                    AddRest(arguments, index);
                    break;
                }
            }
            else
            {
                index = ReadFlag(arguments, index);
            }
        }

        return new ParsedArguments(values, words);
    }

    /// <summary>Reads up to the first word that is no flag and returns its index, or the length.</summary>
    public int ParsePrefix(IReadOnlyList<string> arguments, out ParsedArguments parsed)
    {
        var index = 0;
        while (index < arguments.Count && IsFlag(arguments[index]))
        {
            if (arguments[index++] == "--")
            {
                break;
            }

            index = ReadFlag(arguments, index);
        }

        parsed = new ParsedArguments(values, words);
        return index;
    }

    private static bool IsFlag(string argument) => argument.Length > 1 && argument[0] == '-';

    private void AddRest(IReadOnlyList<string> arguments, int from)
    {
        for (; from < arguments.Count; from++)
        {
            words.Add(arguments[from]);
        }
    }

    /// <param name="next">Index of the word after the flag.</param>
    private int ReadFlag(IReadOnlyList<string> arguments, int next)
    {
        var argument = arguments[next - 1];
        return argument.StartsWith("--", StringComparison.Ordinal)
            ? ReadLong(arguments, argument[2..], next)
            : ReadShort(arguments, argument, next);
    }

    private int ReadLong(IReadOnlyList<string> arguments, string text, int next)
    {
        var equals = text.IndexOf('=');
        var name = equals < 0 ? text : text[..equals];
        var flag = flags.FirstOrDefault(flag => flag.Name == name)
            ?? throw new UsageException($"unknown flag: --{name}", Suggestion.For("--" + name, flags.Where(flag => !flag.Hidden).Select(flag => "--" + flag.Name)));
        if (equals >= 0)
        {
            Add(flag, text[(equals + 1)..]);
        }
        else if (flag is SwitchFlag)
        {
            Add(flag, "true");
        }
        else if (next < arguments.Count)
        {
            Add(flag, arguments[next++]);
        }
        else
        {
            throw new UsageException($"flag needs an argument: --{name}");
        }

        return next;
    }

    private int ReadShort(IReadOnlyList<string> arguments, string argument, int next)
    {
        for (var position = 1; position < argument.Length; position++)
        {
            var letter = argument[position];
            var flag = flags.FirstOrDefault(flag => flag.Short == letter)
                ?? throw new UsageException($"unknown shorthand flag: '{letter}' in {argument}");
            var rest = argument[(position + 1)..];
            if (flag is SwitchFlag && !rest.StartsWith('='))
            {
                Add(flag, "true");
                continue;
            }

            if (rest.Length > 0)
            {
                Add(flag, rest[0] == '=' ? rest[1..] : rest);
            }
            else if (next < arguments.Count)
            {
                Add(flag, arguments[next++]);
            }
            else
            {
                throw new UsageException($"flag needs an argument: '{letter}' in {argument}");
            }

            break;
        }

        return next;
    }

    private void Add(Flag flag, string value)
    {
        if (flag.Refuse(value) is { } reason)
        {
            throw new UsageException($"invalid argument \"{value}\" for \"{flag.Display}\" flag: {reason}");
        }

        if (!values.TryGetValue(flag, out var all))
        {
            values.Add(flag, all = []);
        }

        all.Add(value);
    }
}
