using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Seccomp;

/// <summary>A profile in a file of Docker's form (docs.docker.com/engine/security/seccomp): as the runtime specification has it, with conditions. Pure.</summary>
internal static class ProfileFile
{
    private const string ThisArchitecture = "SCMP_ARCH_X86_64";

    private static readonly ImmutableArray<string> ThisMachine = ["amd64", "x86_64", "x32", "x86"];

    /// <param name="capabilities">Those that the container has: a rule may depend on one.</param>
    /// <param name="kernel">This kernel's version, e.g. 6.12: a rule may depend on it.</param>
    /// <exception cref="FormatException">It is no profile; the message says why.</exception>
    public static Oci.Seccomp Parse(ReadOnlyMemory<byte> json, ImmutableArray<string> capabilities, Version kernel)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement, capabilities, kernel);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"it is no seccomp profile: {e.Message}");
        }
    }

    private static Oci.Seccomp Parse(JsonElement profile, ImmutableArray<string> capabilities, Version kernel) => new()
    {
        DefaultAction = profile.GetProperty("defaultAction").GetString() ?? throw new FormatException("defaultAction is missing"),
        DefaultErrnoRet = Number(profile, "defaultErrnoRet"),
        Architectures = [.. Architectures(profile)],
        Flags = profile.TryGetProperty("flags", out var flags) && flags.ValueKind == JsonValueKind.Array ? [.. Texts(flags)] : null,
        ListenerPath = Text(profile, "listenerPath"),
        ListenerMetadata = Text(profile, "listenerMetadata"),
        Syscalls =
        [
            .. List(profile, "syscalls").Where(rule => IsIncluded(rule, capabilities, kernel) && !IsExcluded(rule, capabilities, kernel)).Select(Rule),
        ],
    };

    private static IEnumerable<string> Architectures(JsonElement profile)
    {
        if (List(profile, "architectures").Select(a => a.GetString()!).ToList() is { Count: > 0 } given)
        {
            return given;
        }

        return List(profile, "archMap").Where(entry => Text(entry, "architecture") == ThisArchitecture)
            .SelectMany(entry => List(entry, "subArchitectures").Select(a => a.GetString()!).Prepend(ThisArchitecture));
    }

    private static SeccompSyscall Rule(JsonElement rule) => new()
    {
        Names = rule.TryGetProperty("name", out var name) && name.GetString() is { Length: > 0 } one ? [one] : [.. Texts(rule.GetProperty("names"))],
        Action = rule.GetProperty("action").GetString() ?? throw new FormatException("a rule has no action"),
        ErrnoRet = Number(rule, "errnoRet"),
        Args =
        [
            .. List(rule, "args").Select(argument => new SeccompArgument(
                argument.GetProperty("index").GetUInt32(), argument.GetProperty("value").GetUInt64(), argument.GetProperty("op").GetString()!,
                argument.TryGetProperty("valueTwo", out var second) ? second.GetUInt64() : 0)),
        ],
    };

    /// <summary>All that is said in <c>includes</c> must be so.</summary>
    private static bool IsIncluded(JsonElement rule, ImmutableArray<string> capabilities, Version kernel) =>
        !rule.TryGetProperty("includes", out var filter) || filter.ValueKind != JsonValueKind.Object
        || (List(filter, "caps").All(c => capabilities.Contains(c.GetString()!))
            && (List(filter, "arches").ToList() is not { Count: > 0 } arches || arches.Exists(a => ThisMachine.Contains(a.GetString()!)))
            && (Text(filter, "minKernel") is not { } least || kernel >= Parse(least)));

    /// <summary>Nothing that is said in <c>excludes</c> may be so.</summary>
    private static bool IsExcluded(JsonElement rule, ImmutableArray<string> capabilities, Version kernel) =>
        rule.TryGetProperty("excludes", out var filter) && filter.ValueKind == JsonValueKind.Object
        && (List(filter, "caps").Any(c => capabilities.Contains(c.GetString()!))
            || List(filter, "arches").Any(a => ThisMachine.Contains(a.GetString()!))
            || (Text(filter, "minKernel") is { } least && kernel >= Parse(least)));

    private static Version Parse(string kernel) =>
        Version.TryParse(kernel, out var version) ? version : throw new FormatException($"minKernel {kernel} is no version");

    private static IEnumerable<JsonElement> List(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString()!);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static uint? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetUInt32() : null;
}
