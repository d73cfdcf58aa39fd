using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Devoxx.Native.Processes;
using Devoxx.Oci;

namespace Devoxx.Images.Instructions;

/// <summary>
/// Dockerfile instructions that change an image's defaults and nothing else, as <c>commit --change</c> takes them: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL,
/// USER, VOLUME, WORKDIR. Pure.
/// </summary>
public static class ImageInstructions
{
    private const string Known = "CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR";

    /// <exception cref="ImageException">One of them is none of these, or is wrong; the message names it.</exception>
    public static ImageConfig Apply(ImageConfig config, IReadOnlyList<string> instructions)
    {
        var hasCommand = instructions.Any(instruction => Split(instruction).Name == "CMD");
        foreach (var instruction in instructions)
        {
            config = Apply(config, instruction, hasCommand);
        }

        return config;
    }

    private static (string Name, string Operands) Split(string instruction)
    {
        var text = instruction.Trim();
        var space = text.AsSpan().IndexOfAny(' ', '\t');
        return space < 0 ? (text.ToUpperInvariant(), "") : (text[..space].ToUpperInvariant(), text[space..].Trim());
    }

    private static ImageConfig Apply(ImageConfig config, string instruction, bool hasCommand)
    {
        var (name, rest) = Split(instruction);
        if (rest.Length == 0 && name.Length > 0)
        {
            throw new ImageException($"change '{instruction}': {name} says nothing; it is one of {Known}, and what it is to be");
        }

        string One() => Words(config, rest) is [var only] ? only : throw new ImageException($"change '{instruction}': {name} takes one word");
        return name switch
        {
            "CMD" => config with { Cmd = Command(config, rest) },

            // A command that was for another entrypoint means nothing to this one.
            "ENTRYPOINT" => config with { Entrypoint = Command(config, rest), Cmd = hasCommand ? config.Cmd : null },
            "ENV" => config with { Env = Environment(config, Pairs(config, name, rest)) },
            "EXPOSE" => config with { ExposedPorts = Add(config.ExposedPorts, Words(config, rest).SelectMany(Ports)) },
            "LABEL" => config with { Labels = Labels(config.Labels, Pairs(config, name, rest)) },
            "ONBUILD" when Split(rest).Name is not ("ONBUILD" or "FROM") => config with { OnBuild = [.. config.OnBuild ?? [], rest] },
            "ONBUILD" => throw new ImageException($"change '{instruction}': {Split(rest).Name} cannot follow ONBUILD"),
            "STOPSIGNAL" => config with { StopSignal = Signal.TryParse(One()) is null ? throw new ImageException($"change '{instruction}': {rest} is no signal") : One() },
            "USER" => config with { User = One() },
            "VOLUME" => config with { Volumes = Add(config.Volumes, Array(rest) ?? [.. Words(config, rest)]) },
            "WORKDIR" => config with { WorkingDir = Path.GetFullPath(string.Join(' ', Words(config, rest)), config.WorkingDir is { Length: > 0 } before ? before : "/") },
            _ => throw new ImageException($"change '{instruction}': {(name.Length == 0 ? "nothing" : name)} is not an instruction that can be used here; {Known} are"),
        };
    }

    private static List<string> Words(ImageConfig config, string text) => InstructionWords.Split(text, variable => ValueOf(config, variable));

    private static string? ValueOf(ImageConfig config, string variable) =>
        (config.Env ?? []).LastOrDefault(pair => pair.StartsWith(variable + "=", StringComparison.Ordinal))?[(variable.Length + 1)..];

    /// <summary>A JSON array is run as it is, anything else by the shell.</summary>
    private static IReadOnlyList<string> Command(ImageConfig config, string text) =>
        Array(text) ?? [.. config.Shell is { Count: > 0 } shell ? shell : ["/bin/sh", "-c"], text];

    private static string[]? Array(string text)
    {
        if (!text.StartsWith('['))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, InstructionJson.Default.StringArray);
        }
        catch (JsonException)
        {
            // As in a Dockerfile: what is no array of strings is for the shell.
            return null;
        }
    }

    /// <summary><c>a=1 b="2 3"</c>, or the old form <c>a 1</c>.</summary>
    private static List<(string Name, string Value)> Pairs(ImageConfig config, string instruction, string text)
    {
        var words = Words(config, text);
        if (words.Count > 1 && !words[0].Contains('=', StringComparison.Ordinal))
        {
            return [(words[0], string.Join(' ', words.Skip(1)))];
        }

        return words.ConvertAll(word => word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
            ? (word[..equals], word[(equals + 1)..])
            : throw new ImageException($"change '{instruction} {text}': '{word}' is no NAME=value"));
    }

    private static List<string> Environment(ImageConfig config, List<(string Name, string Value)> pairs)
    {
        var environment = (config.Env ?? []).ToList();
        foreach (var (name, value) in pairs)
        {
            var at = environment.FindIndex(pair => pair.StartsWith(name + "=", StringComparison.Ordinal));
            if (at < 0)
            {
                environment.Add($"{name}={value}");
            }
            else
            {
                environment[at] = $"{name}={value}";
            }
        }

        return environment;
    }

    private static SortedDictionary<string, string> Labels(IReadOnlyDictionary<string, string>? before, List<(string Name, string Value)> pairs)
    {
        var labels = new SortedDictionary<string, string>((before ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            labels[name] = value;
        }

        return labels;
    }

    private static SortedDictionary<string, EmptyObject?> Add(IReadOnlyDictionary<string, EmptyObject?>? before, IEnumerable<string> names)
    {
        var all = new SortedDictionary<string, EmptyObject?>((before ?? new Dictionary<string, EmptyObject?>()).ToDictionary(), StringComparer.Ordinal);
        foreach (var name in names)
        {
            all[name] = new EmptyObject();
        }

        return all;
    }

    /// <summary><c>80</c>, <c>80/udp</c>, <c>8000-8002/tcp</c>.</summary>
    private static IEnumerable<string> Ports(string text)
    {
        var parts = text.Split('/');
        var protocol = parts.Length > 1 ? parts[1].ToLowerInvariant() : "tcp";
        var ends = parts[0].Split('-');
        if (parts.Length > 2 || ends.Length > 2 || protocol is not ("tcp" or "udp" or "sctp") || !Port(ends[0], out var first) || !Port(ends[^1], out var last) || last < first)
        {
            throw new ImageException($"change 'EXPOSE {text}': expected a port such as 80, 53/udp or 8000-8010");
        }

        return Enumerable.Range(first, last - first + 1).Select(port => $"{port.ToString(CultureInfo.InvariantCulture)}/{protocol}");
    }

    private static bool Port(string text, out int port) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536;
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class InstructionJson : JsonSerializerContext;
