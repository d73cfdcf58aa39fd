using Devoxx.Native.Mounts;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// The options of one mount of config.json, sorted into what mount(2) and mount_setattr(2) take. The names are those of mount(8) and the
/// runtime-spec's list, which every runtime must know; what is not among them goes to the filesystem.
/// </summary>
internal sealed record MountOptions
{
    public const uint MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_SYNCHRONOUS = 16, MS_REMOUNT = 32, MS_MANDLOCK = 64, MS_DIRSYNC = 128,
        MS_NOSYMFOLLOW = 256, MS_NOATIME = 1024, MS_NODIRATIME = 2048, MS_BIND = 4096, MS_MOVE = 8192, MS_REC = 16384, MS_SILENT = 32768, MS_UNBINDABLE = 1 << 17,
        MS_PRIVATE = 1 << 18, MS_SLAVE = 1 << 19, MS_SHARED = 1 << 20, MS_RELATIME = 1 << 21, MS_I_VERSION = 1 << 23, MS_STRICTATIME = 1 << 24, MS_LAZYTIME = 1 << 25;

    /// <summary>Flags of mount(2), without bind and propagation.</summary>
    public uint Flags { get; private set; }

    public bool IsBind { get; private set; }

    public bool IsRecursiveBind { get; private set; }

    /// <summary>MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE, with MS_REC for the recursive form; 0 when not said.</summary>
    public uint Propagation { get; private set; }

    public MountAttributes Set { get; private set; }

    public MountAttributes Clear { get; private set; }

    /// <summary>
    /// What a bind mount loses of its source's: as mount(2) has it with MS_REMOUNT|MS_BIND, who says one option says all that there are, but for the times of access.
    /// In a user namespace what the source does not allow stays so, except for links.
    /// </summary>
    /// <param name="inUserNamespace">The container's root is not the host's.</param>
    public MountAttributes ClearOfSource(bool inUserNamespace)
    {
        const MountAttributes Others = MountAttributes.MOUNT_ATTR_RDONLY | MountAttributes.MOUNT_ATTR_NOSUID | MountAttributes.MOUNT_ATTR_NODEV | MountAttributes.MOUNT_ATTR_NOEXEC;
        const MountAttributes Atime = MountAttributes.MOUNT_ATTR__ATIME, Times = Atime | MountAttributes.MOUNT_ATTR_NODIRATIME;
        if ((Set | Clear) == 0)
        {
            return 0;
        }

        // All of the times are said anew by who says one, and none by who only takes one back ("atime").
        var saysTimes = (Flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME)) != 0;
        return (((Clear & ~Times) | MountAttributes.MOUNT_ATTR_NOSYMFOLLOW | (inUserNamespace ? 0 : Others) | (saysTimes ? Times : 0)) & ~Set) | (saysTimes ? Atime : 0);
    }

    /// <summary>For this mount and all below it (<c>rro</c> and its like).</summary>
    public MountAttributes RecursiveSet { get; private set; }

    public MountAttributes RecursiveClear { get; private set; }

    /// <summary>Copy into a tmpfs what it hides.</summary>
    public bool TmpCopyUp { get; private set; }

    /// <summary>For this mount and all below it (<c>ridmap</c>).</summary>
    public bool IsRecursiveIdMap { get; private set; }

    /// <summary>For the filesystem, joined by commas.</summary>
    public string Data { get; private set; } = "";

    public bool IsReadOnly => (Flags & MS_RDONLY) != 0;

    /// <summary>Every option that is not passed on to the filesystem, for <c>features</c>.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "idmap", "iversion", "lazytime", "loud", "mand", "noatime", "nodev", "nodiratime", "noexec",
        "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow", "private", "ratime", "rbind", "rdev", "rdiratime", "relatime",
        "remount", "rexec", "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro", "rprivate", "rrelatime",
        "rro", "rrw", "rshared", "rslave", "rstrictatime", "rsuid", "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "strictatime", "suid", "symfollow",
        "sync", "tmpcopyup", "unbindable",
    ];

    public static MountOptions Parse(IReadOnlyList<string>? options)
    {
        var parsed = new MountOptions();
        foreach (var option in options ?? [])
        {
            if (!parsed.Take(option))
            {
                parsed.Data = parsed.Data.Length == 0 ? option : parsed.Data + "," + option;
            }
        }

        return parsed;
    }

    private bool Take(string option)
    {
        switch (option)
        {
            case "" or "defaults":
                return true;
            case "bind":
                IsBind = true;
                return true;
            case "rbind":
                IsBind = IsRecursiveBind = true;
                return true;
            case "tmpcopyup":
                TmpCopyUp = true;
                return true;
            case "idmap" or "ridmap":
                IsRecursiveIdMap |= option == "ridmap";
                return true;
        }

        if (PropagationOf(option) is { } propagation)
        {
            Propagation = propagation;
            return true;
        }

        if (FlagOf(option) is { } flag)
        {
            Flags = (Flags & ~flag.Clear) | flag.Set;
            if (flag.Attribute is { } attribute)
            {
                (Set, Clear) = Change(Set, Clear, attribute, flag.Set != 0);
            }

            return true;
        }

        if (option.StartsWith('r') && FlagOf(option[1..]) is { Attribute: { } recursive } inner)
        {
            (RecursiveSet, RecursiveClear) = Change(RecursiveSet, RecursiveClear, recursive, inner.Set != 0);
            return true;
        }

        return false;
    }

    private static (MountAttributes, MountAttributes) Change(MountAttributes set, MountAttributes clear, MountAttributes attribute, bool on)
    {
        const MountAttributes Atime = MountAttributes.MOUNT_ATTR__ATIME;
        if ((attribute & Atime) != 0)
        {
            // One field of three values: the kernel wants the whole of it cleared before one is set, and 0 is relatime.
            var value = attribute == Atime || !on ? MountAttributes.None : attribute;
            return ((set & ~Atime) | value, clear | Atime);
        }

        return on ? (set | attribute, clear & ~attribute) : (set & ~attribute, clear | attribute);
    }

    private static uint? PropagationOf(string option) => option switch
    {
        "private" => MS_PRIVATE,
        "rprivate" => MS_PRIVATE | MS_REC,
        "shared" => MS_SHARED,
        "rshared" => MS_SHARED | MS_REC,
        "slave" => MS_SLAVE,
        "rslave" => MS_SLAVE | MS_REC,
        "unbindable" => MS_UNBINDABLE,
        "runbindable" => MS_UNBINDABLE | MS_REC,
        _ => null,
    };

    /// <summary>As <c>linux.rootfsPropagation</c> writes it; throws for an unknown word.</summary>
    public static uint ParsePropagation(string text) =>
        PropagationOf(text) ?? throw new SetupException($"linux.rootfsPropagation '{text}' is none of shared, slave, private, unbindable and their recursive forms");

    private readonly record struct Flag(uint Set, uint Clear, MountAttributes? Attribute = null);

    private static Flag? FlagOf(string option) => option switch
    {
        "ro" => new(MS_RDONLY, 0, MountAttributes.MOUNT_ATTR_RDONLY),
        "rw" => new(0, MS_RDONLY, MountAttributes.MOUNT_ATTR_RDONLY),
        "nosuid" => new(MS_NOSUID, 0, MountAttributes.MOUNT_ATTR_NOSUID),
        "suid" => new(0, MS_NOSUID, MountAttributes.MOUNT_ATTR_NOSUID),
        "nodev" => new(MS_NODEV, 0, MountAttributes.MOUNT_ATTR_NODEV),
        "dev" => new(0, MS_NODEV, MountAttributes.MOUNT_ATTR_NODEV),
        "noexec" => new(MS_NOEXEC, 0, MountAttributes.MOUNT_ATTR_NOEXEC),
        "exec" => new(0, MS_NOEXEC, MountAttributes.MOUNT_ATTR_NOEXEC),
        "nosymfollow" => new(MS_NOSYMFOLLOW, 0, MountAttributes.MOUNT_ATTR_NOSYMFOLLOW),
        "symfollow" => new(0, MS_NOSYMFOLLOW, MountAttributes.MOUNT_ATTR_NOSYMFOLLOW),
        "nodiratime" => new(MS_NODIRATIME, 0, MountAttributes.MOUNT_ATTR_NODIRATIME),
        "diratime" => new(0, MS_NODIRATIME, MountAttributes.MOUNT_ATTR_NODIRATIME),
        "noatime" => new(MS_NOATIME, 0, MountAttributes.MOUNT_ATTR_NOATIME),
        "atime" => new(0, MS_NOATIME, MountAttributes.MOUNT_ATTR_NOATIME),
        "strictatime" => new(MS_STRICTATIME, 0, MountAttributes.MOUNT_ATTR_STRICTATIME),
        "nostrictatime" => new(0, MS_STRICTATIME, MountAttributes.MOUNT_ATTR_STRICTATIME),
        "relatime" => new(MS_RELATIME, 0, MountAttributes.MOUNT_ATTR__ATIME),
        "norelatime" => new(0, MS_RELATIME, MountAttributes.MOUNT_ATTR__ATIME),
        "sync" => new(MS_SYNCHRONOUS, 0),
        "async" => new(0, MS_SYNCHRONOUS),
        "dirsync" => new(MS_DIRSYNC, 0),
        "mand" => new(MS_MANDLOCK, 0),
        "nomand" => new(0, MS_MANDLOCK),
        "remount" => new(MS_REMOUNT, 0),
        "silent" => new(MS_SILENT, 0),
        "loud" => new(0, MS_SILENT),
        "iversion" => new(MS_I_VERSION, 0),
        "noiversion" => new(0, MS_I_VERSION),
        "lazytime" => new(MS_LAZYTIME, 0),
        "nolazytime" => new(0, MS_LAZYTIME),
        _ => null,
    };

    /// <summary>The flags by name, as error messages show them.</summary>
    public static string Describe(uint flags)
    {
        ReadOnlySpan<(uint Flag, string Name)> names =
        [
            (MS_RDONLY, "MS_RDONLY"), (MS_NOSUID, "MS_NOSUID"), (MS_NODEV, "MS_NODEV"), (MS_NOEXEC, "MS_NOEXEC"), (MS_SYNCHRONOUS, "MS_SYNCHRONOUS"),
            (MS_REMOUNT, "MS_REMOUNT"), (MS_BIND, "MS_BIND"), (MS_REC, "MS_REC"), (MS_NOATIME, "MS_NOATIME"), (MS_NODIRATIME, "MS_NODIRATIME"),
            (MS_NOSYMFOLLOW, "MS_NOSYMFOLLOW"), (MS_UNBINDABLE, "MS_UNBINDABLE"), (MS_PRIVATE, "MS_PRIVATE"), (MS_SLAVE, "MS_SLAVE"), (MS_SHARED, "MS_SHARED"),
            (MS_RELATIME, "MS_RELATIME"), (MS_STRICTATIME, "MS_STRICTATIME"),
        ];
        var text = "";
        foreach (var (flag, name) in names)
        {
            if ((flags & flag) != 0)
            {
                text += text.Length == 0 ? name : "|" + name;
            }
        }

        return text.Length == 0 ? "0" : text;
    }
}
