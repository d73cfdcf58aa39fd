using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Oci;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Exec;

/// <summary>
/// Users and groups as the container's <c>/etc/passwd</c> and <c>/etc/group</c> name them. The container may have put anything there: only regular
/// files inside its root are read, and no more than a megabyte of each (CVE-2024-9676).
/// </summary>
internal sealed class ContainerUsers
{
    private const int LargestFile = 1 << 20;

    private readonly Lazy<string[]> _passwd;
    private readonly Lazy<string[]> _group;

    /// <param name="read">The content of a file of the container, by path relative to its root; empty when there is none.</param>
    public ContainerUsers(Func<string, string> read)
    {
        _passwd = new(() => read("etc/passwd").Split('\n'));
        _group = new(() => read("etc/group").Split('\n'));
    }


    /// <summary><c>user</c>, <c>user:group</c>, either by name or number. A number need not be listed; a name must be.</summary>
    public User Resolve(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || parts[0].Length == 0 || parts[^1].Length == 0)
        {
            throw new SetupException($"'{text}' is no user; write user or user:group, by name or number");
        }

        var number = Number(parts[0]);
        var entry = Find(_passwd.Value, fields => fields.Length >= 4 && (fields[0] == parts[0] || (number is not null && Number(fields[2]) == number)), parts[0]);
        if (entry is null && number is null)
        {
            throw new SetupException($"unable to find user {parts[0]}: no matching entries in passwd file");
        }

        var uid = entry is null ? number!.Value : Number(entry[2]) ?? 0;
        if (parts.Length == 2)
        {
            return new User { Uid = uid, Gid = Group(parts[1]) };
        }

        return new User
        {
            Uid = uid,
            Gid = entry is null ? 0 : Number(entry[3]) ?? 0,
            AdditionalGids = entry is null ? [] : GroupsOf(entry[0]),
        };
    }

    /// <summary><c>/</c> when the file does not say, or says nothing that can be read.</summary>
    public string HomeOf(uint uid)
    {
        try
        {
            return Find(_passwd.Value, fields => fields.Length >= 6 && Number(fields[2]) == uid && fields[5].StartsWith('/'), null)?[5] ?? "/";
        }
        catch (Exception e) when (e is SetupException or LinuxException)
        {
            return "/";
        }
    }

    private uint Group(string text)
    {
        var number = Number(text);
        var entry = Find(_group.Value, fields => fields.Length >= 3 && (fields[0] == text || (number is not null && Number(fields[2]) == number)), text);
        return entry is not null ? Number(entry[2]) ?? 0
            : number ?? throw new SetupException($"unable to find group {text}: no matching entries in group file");
    }

    private List<uint> GroupsOf(string user)
    {
        var groups = new List<uint>();
        foreach (var line in _group.Value)
        {
            var fields = line.Split(':');
            if (fields.Length >= 4 && Number(fields[2]) is { } gid && Array.IndexOf(fields[3].Split(','), user) >= 0)
            {
                groups.Add(gid);
            }
        }

        return groups;
    }

    /// <summary>An entry of exactly that name goes before one of that number.</summary>
    private static string[]? Find(string[] lines, Predicate<string[]> matches, string? name)
    {
        string[]? found = null;
        foreach (var line in lines)
        {
            var fields = line.Split(':');
            if (matches(fields))
            {
                if (fields[0] == name)
                {
                    return fields;
                }

                found ??= fields;
            }
        }

        return found;
    }

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number : null;

    internal static unsafe string ReadInRoot(int root, string path)
    {
        var how = stackalloc ulong[] { O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            var fd = (int)RawSyscall.Invoke(Nr.openat2, root, (nint)p, (nint)how, 3 * sizeof(ulong));
            if (fd < 0)
            {
                return fd is -ENOENT or -ENOTDIR ? "" : throw new LinuxException("openat2", -fd, "/" + path, "RESOLVE_IN_ROOT");
            }

            try
            {
                // struct stat of x86-64: st_mode is the 32 bits at 24.
                var stat = stackalloc uint[36];
                byte empty = 0;
                FileDescriptor.Check(RawSyscall.Invoke(Nr.newfstatat, fd, (nint)(&empty), (nint)stat, AT_EMPTY_PATH), "fstat", "/" + path);
                if ((stat[6] & 0xf000) != 0x8000)
                {
                    throw new SetupException($"/{path} of the container is not a regular file");
                }

                var bytes = new byte[LargestFile];
                var filled = 0;
                fixed (byte* b = bytes)
                {
                    while (filled < bytes.Length)
                    {
                        var length = (int)FileDescriptor.Check(RawSyscall.Invoke(Nr.read, fd, (nint)(b + filled), bytes.Length - filled), "read", "/" + path);
                        if (length == 0)
                        {
                            return Encoding.UTF8.GetString(bytes, 0, filled);
                        }

                        filled += length;
                    }
                }

                throw new SetupException($"/{path} of the container is larger than {LargestFile} bytes");
            }
            finally
            {
                FileDescriptor.Close(fd);
            }
        }
    }
}
