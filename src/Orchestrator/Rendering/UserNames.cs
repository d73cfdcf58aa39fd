using System.Globalization;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>This machine's names of users, by number (passwd(5)). A container may call the same number something else.</summary>
internal sealed class UserNames(IReadOnlyDictionary<uint, string> names)
{
    public static UserNames Read(string path) => File.Exists(path) ? Parse(File.ReadLines(path)) : new UserNames(new Dictionary<uint, string>());

    public static UserNames Parse(IEnumerable<string> lines)
    {
        var names = new Dictionary<uint, string>();
        foreach (var line in lines)
        {
            // root:x:0:0:root:/root:/bin/bash; the first of several names of one number counts.
            if (line.Split(':') is [var name, _, var number, ..] && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
            {
                names.TryAdd(uid, name);
            }
        }

        return new UserNames(names);
    }

    /// <summary>The name, or the number where there is none.</summary>
    public string Of(uint uid) => names.TryGetValue(uid, out var name) ? name : uid.ToString(CultureInfo.InvariantCulture);
}
