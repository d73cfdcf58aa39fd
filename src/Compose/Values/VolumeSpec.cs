using System.Text;

namespace Devoxx.Compose.Values;

/// <summary>
/// A mount in short syntax: <c>[source:]target[:options]</c>. A source is a path if it begins with `.`, `/`, `~` or `\\`, or with a
/// drive letter; else it names a volume. Follows compose-go format.ParseVolume.
/// </summary>
internal sealed record VolumeSpec
{
    internal string Source { get; private set; } = "";
    internal string Target { get; private set; } = "";
    internal bool ReadOnly { get; private set; }
    internal bool NoCopy { get; private set; }
    internal string? Propagation { get; private set; }
    internal string? Selinux { get; private set; }
    internal bool IsBind { get; private set; }

    /// <summary>One or two characters: a target and nothing else is known.</summary>
    internal bool IsBare { get; private set; }

    internal static VolumeSpec? Parse(string text, out string? error)
    {
        error = null;
        if (text.Length == 0)
        {
            error = "this mount is empty; write SOURCE:TARGET";
            return null;
        }
        var spec = new VolumeSpec();
        if (text.Length <= 2)
        {
            spec.Target = text;
            spec.IsBare = true;
            return spec;
        }
        var section = new StringBuilder();
        var substitutions = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var end = i == text.Length;
            var c = end ? '\0' : text[i];
            if (c == '$' && i + 1 < text.Length && text[i + 1] == '{') substitutions++;
            else if (c == '}' && substitutions > 0) substitutions--;
            else if ((c == ':' || end) && substitutions == 0 && !(c == ':' && section.Length == 1 && char.IsLetter(section[0])))
            {
                error = spec.Take(section.ToString(), end);
                if (error is not null) return null;
                section.Clear();
                continue;
            }
            if (!end) section.Append(c);
        }
        spec.IsBind = IsPath(spec.Source);
        return spec;
    }

    private string? Take(string section, bool last)
    {
        if (section.Length == 0) return "a part between colons is empty; write SOURCE:TARGET:OPTIONS";
        if (Source.Length == 0 && last) Target = section;
        else if (Source.Length == 0) Source = section;
        else if (Target.Length == 0) Target = section;
        else if (!last) return "too many colons; write SOURCE:TARGET:OPTIONS, or use the long syntax";
        else
            foreach (var option in section.Split(','))
                switch (option)
                {
                    case "ro": ReadOnly = true; break;
                    case "rw": ReadOnly = false; break;
                    case "nocopy": NoCopy = true; break;
                    case "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave": Propagation = option; break;
                    case "z" or "Z": Selinux = option; break;
                }
        return null;
    }

    private static bool IsPath(string source) =>
        source.Length > 0 && (source[0] is '.' or '/' or '~' || source.StartsWith(@"\\", StringComparison.Ordinal) || source.Length > 1 && char.IsLetter(source[0]) && source[1] == ':');
}
