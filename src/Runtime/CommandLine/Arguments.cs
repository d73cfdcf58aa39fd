namespace Devoxx.Runtime.CommandLine;

/// <summary>A command line that cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>
/// Options and operands of a verb. Options are <c>--name value</c>, <c>--name=value</c>, or one dash and a letter; the first operand ends the options
/// where the rest belongs to a command. By hand, because a library for this costs more time than everything else in the start of a container.
/// </summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _options = [];

    private Arguments()
    {
    }

    /// <summary>What is left when the options are taken out.</summary>
    public List<string> Operands { get; } = [];

    /// <param name="withValue">Long names of options that take a value; a short form is <c>e=env</c>.</param>
    /// <param name="flags">Long names of options without value, likewise.</param>
    /// <param name="operandsBeforeRest">After so many operands everything is an operand.</param>
    public static Arguments Parse(ReadOnlySpan<string> args, string[] withValue, string[] flags, int operandsBeforeRest = int.MaxValue)
    {
        var parsed = new Arguments();
        var i = 0;
        for (; i < args.Length; i++)
        {
            var arg = args[i];
            if (parsed.Operands.Count >= operandsBeforeRest && (arg != "--" || parsed.Operands.Count > operandsBeforeRest))
            {
                break;
            }

            if (arg == "--")
            {
                i++;
                break;
            }

            if (arg is not ['-', _, ..])
            {
                parsed.Operands.Add(arg);
                continue;
            }

            var equals = arg.IndexOf('=');
            var written = (equals < 0 ? arg : arg[..equals]).TrimStart('-');
            if (Find(withValue, written) is { } option)
            {
                if (equals < 0 && ++i == args.Length)
                {
                    throw new UsageException($"flag needs an argument: {arg}");
                }

                parsed.Add(option, equals < 0 ? args[i] : arg[(equals + 1)..]);
            }
            else if (Find(flags, written) is { } flag)
            {
                parsed.Add(flag, equals < 0 ? "true" : arg[(equals + 1)..]);
            }
            else
            {
                throw new UsageException($"flag provided but not defined: {arg}");
            }
        }

        for (; i < args.Length; i++)
        {
            parsed.Operands.Add(args[i]);
        }

        return parsed;
    }

    /// <summary>The last value given, or null.</summary>
    public string? Value(string name) => _options.TryGetValue(name, out var values) ? values[^1] : null;

    public IReadOnlyList<string> Values(string name) => _options.TryGetValue(name, out var values) ? values : [];

    public bool Has(string name) => Value(name) is { } value && value != "false";

    public string Require(string name) => Value(name) ?? throw new UsageException($"--{name} is required");

    /// <summary>A number not below zero, or null when the option is absent.</summary>
    public long? Number(string name)
    {
        if (Value(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"--{name}: '{text}' is no number");
    }

    /// <summary>The only operand.</summary>
    public string Single(string what) =>
        Operands.Count == 1 ? Operands[0] : throw new UsageException(Operands.Count == 0 ? $"{what} is missing" : $"unexpected argument '{Operands[1]}'");

    private void Add(string option, string value)
    {
        if (!_options.TryGetValue(option, out var values))
        {
            _options.Add(option, values = []);
        }

        values.Add(value);
    }

    private static string? Find(string[] names, string written)
    {
        foreach (var name in names)
        {
            var equals = name.IndexOf('=');
            var full = name[(equals + 1)..];
            if (written == full || (equals > 0 && written == name[..equals]))
            {
                return full;
            }
        }

        return null;
    }
}
