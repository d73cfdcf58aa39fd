using System.Globalization;

namespace Devoxx.Native.Cgroups;

/// <summary>One controller of one cgroup version: which limits are its own, how they are written and read back, what it tells.</summary>
internal abstract class Controller
{
    /// <summary>As the kernel names it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether every container has its cgroup, or only one that asks for a limit of this controller.</summary>
    public virtual bool Always => true;

    /// <summary>Whether it is handed down in the unified hierarchy even to a container that asks for nothing of it.</summary>
    public virtual bool IsHandedDown => Always;

    /// <summary>Whether any of its limits is asked for.</summary>
    public abstract bool Concerns(CgroupLimits limits);

    /// <summary>Writes what is asked and reads it back.</summary>
    /// <exception cref="CgroupLimitException">It is not in force.</exception>
    public abstract void Apply(CgroupDirectory directory, CgroupLimits limits);

    public virtual CgroupStats Read(CgroupDirectory directory, CgroupStats stats) => stats;

    /// <summary>What a new directory needs before anything can enter it.</summary>
    public virtual void Prepare(CgroupDirectory parent, CgroupDirectory directory)
    {
    }

    protected static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes a value and reads it back; a refusal by the kernel is a limit that cannot be enforced.</summary>
    protected void Set(CgroupDirectory directory, string file, string value) => Set(directory, file, value, got => got == value);

    protected void SetIfAsked(CgroupDirectory directory, string file, long? value)
    {
        if (value is { } asked)
        {
            Set(directory, file, Text(asked));
        }
    }

    /// <summary>Bytes of huge pages; the kernel keeps whole pages, and words or the largest number for no limit.</summary>
    protected void SetHugePages(CgroupDirectory directory, string file, ulong bytes) =>
        Set(directory, file, bytes.ToString(CultureInfo.InvariantCulture), got =>
            got == "max" || !ulong.TryParse(got, out var now) || now > long.MaxValue / 2 ? bytes > long.MaxValue / 2 : now <= bytes && bytes - now < 1UL << 34);

    protected void Set(CgroupDirectory directory, string file, string value, Func<string, bool> isInForce)
    {
        if (directory.TryWrite(file, value) is var status and < 0)
        {
            throw Refused(file, value, directory.TryRead(file), status);
        }

        if (directory.TryRead(file) is not { } got || !isInForce(got))
        {
            throw new CgroupLimitException(file, Name, value, directory.TryRead(file) ?? "nothing");
        }
    }

    protected CgroupLimitException Refused(string file, string asked, string? got, int status) => new(
        file, Name, asked, got ?? "nothing", status is -2
            ? $"this host has no {file}"
            : $"{Errno.Name(-status)}, {Errno.Text(-status)}; it stays {got ?? "unset"}");

    protected CgroupLimitException Unsupported(string limit, string asked, string why) => new(limit, Name, asked, "nothing", why);

    /// <summary>Whether two lists like <c>0-2,7</c> name the same numbers.</summary>
    protected static bool SameList(string a, string b) => Numbers(a).SetEquals(Numbers(b));

    private static HashSet<int> Numbers(string list)
    {
        var numbers = new HashSet<int>();
        foreach (var part in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var dash = part.IndexOf('-');
            var first = dash < 0 ? part : part[..dash];
            var last = dash < 0 ? part : part[(dash + 1)..];
            if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                || !int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to) || to - from > 1 << 16)
            {
                return [-1, part.GetHashCode()]; // no list: equal to none
            }

            for (var number = from; number <= to; number++)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }
}
