namespace Devoxx.Supervisor.Planning;

/// <summary>
/// The names that containers, volumes and networks may have on this machine: Docker's rule, <c>[a-zA-Z0-9][a-zA-Z0-9_.-]*</c>. A volume's
/// name is a directory's, too: with a slash in it, it would lead out of the state root. Pure.
/// </summary>
internal static class ResourceName
{
    /// <summary>Longer ones have no room in a path with what stands around them.</summary>
    private const int Longest = 200;

    /// <summary>Why nothing can have this name; null: it can.</summary>
    public static string? Refusal(string name) =>
        name.Length == 0 ? "a name cannot be empty"
        : name.Length > Longest ? $"a name has {Longest} characters at most, and this one {name.Length}"
        : !char.IsAsciiLetterOrDigit(name[0]) ? "a name begins with a letter or a digit"
        : name.FirstOrDefault(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) is var bad and not '\0' ? $"a name cannot have `{bad}` in it; letters, digits, `_`, `.` and `-` it can"
        : null;
}
