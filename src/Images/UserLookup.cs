using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Images.Layers;

namespace Devoxx.Images;

/// <summary>
/// Looks users and groups up in an image's own passwd and group files, by the rules of runc's <c>libcontainer/user</c> (GetExecUser): digits are always a
/// number, even where a user has them for a name; a number need not be listed.
/// </summary>
public static class UserLookup
{
    /// <summary>A bigger passwd or group file is an attack on memory (CVE-2026-47262), not a user database.</summary>
    private const int LargestFile = 8 << 20;

    /// <summary>Resolves <c>user[:group]</c>, names or numbers; null or empty is root.</summary>
    /// <param name="layerDirectories">
    /// Base first, as <see cref="StoredImage.LayerDirectories"/>; a running container's <c>upper</c> may follow, so that users it has added are found.
    /// </param>
    /// <param name="moreGroups">Names or numbers of further groups.</param>
    /// <exception cref="ImageException">The name is not in the image, the text is malformed, or a file is no regular one or too big.</exception>
    public static UserIdentity Resolve(ImmutableArray<string> layerDirectories, string? user, ImmutableArray<string> moreGroups = default)
    {
        var (userPart, groupPart) = Split(user);
        using var view = LayerView.Open(layerDirectories);
        var uid = Number(userPart);
        var passwd = Entries(view, "/etc/passwd", 7)
            .Where(fields => userPart is null ? fields[2] == "0" : uid is { } number ? Number(fields[2]) == number : fields[0] == userPart)
            .Select(fields => (Name: fields[0], Uid: Number(fields[2]), Gid: Number(fields[3]), Home: fields[5]))
            .FirstOrDefault(entry => entry.Uid is not null && entry.Gid is not null);

        if (passwd.Name is null && uid is null && userPart is not null)
        {
            throw new ImageException($"unable to find user {userPart}: no matching entry in the image's /etc/passwd");
        }

        var gid = passwd.Gid ?? 0;
        var groups = new SortedSet<uint>();
        if (groupPart is not null)
        {
            gid = Group(view, groupPart);
        }
        else if (passwd.Name is not null)
        {
            groups.UnionWith(Entries(view, "/etc/group", 4).Where(fields => fields[3].Split(',').Contains(passwd.Name)).Select(fields => Number(fields[2])).OfType<uint>());
        }

        groups.Add(gid);
        foreach (var group in moreGroups.IsDefault ? [] : moreGroups)
        {
            groups.Add(Group(view, group));
        }

        return new UserIdentity(passwd.Uid ?? uid ?? 0, gid, [.. groups], string.IsNullOrEmpty(passwd.Home) ? "/" : passwd.Home, passwd.Name);
    }

    private static uint Group(LayerView view, string group) =>
        Number(group) ?? Entries(view, "/etc/group", 4).Where(fields => fields[0] == group).Select(fields => Number(fields[2])).FirstOrDefault(id => id is not null)
            ?? throw new ImageException($"unable to find group {group}: no matching entry in the image's /etc/group");

    private static (string? User, string? Group) Split(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return (null, null);
        }

        var parts = text.Split(':');
        foreach (var part in parts)
        {
            if (part.Any(c => char.IsControl(c) || c is '/' or ' '))
            {
                throw new ImageException($"invalid user '{text}': expected user[:group], names or numbers");
            }

            if (part.All(char.IsAsciiDigit) && part.Length > 0 && Number(part) is null)
            {
                throw new ImageException($"invalid user '{text}': ids are between 0 and {int.MaxValue}");
            }
        }

        return parts.Length switch
        {
            1 => (parts[0], null),
            2 => (parts[0].Length == 0 ? null : parts[0], parts[1].Length == 0 ? null : parts[1]),
            _ => throw new ImageException($"invalid user '{text}': expected user[:group], names or numbers"),
        };
    }

    /// <summary>0 to 2³¹−1, as runc has it (CVE-2024-40635: larger ones wrap to root in places); digits only, no sign, no blank.</summary>
    private static uint? Number(string? text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number : null;

    private static IEnumerable<string[]> Entries(LayerView view, string path, int fieldCount)
    {
        using var file = view.OpenRegularFile(path);
        if (file is null)
        {
            yield break;
        }

        if (RandomAccess.GetLength(file) > LargestFile)
        {
            throw new ImageException($"the image's {path} is larger than {LargestFile >> 20} MiB");
        }

        using var reader = new StreamReader(new FileStream(file, FileAccess.Read, bufferSize: 1));
        while (reader.ReadLine() is { } line)
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            var fields = text.Split(':');
            if (fields[0].Length > 0)
            {
                // Short lines are read as if their missing fields were empty.
                Array.Resize(ref fields, Math.Max(fields.Length, fieldCount));
                yield return Array.ConvertAll(fields, field => field ?? "");
            }
        }
    }
}
