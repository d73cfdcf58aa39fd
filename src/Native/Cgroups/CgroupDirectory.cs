using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Devoxx.Native.Files;
using Devoxx.Native.Procfs;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Cgroups;

/// <summary>The directory of one cgroup in one hierarchy, and its files. Raw calls: this is on the way of every container's start.</summary>
internal sealed unsafe class CgroupDirectory(string path)
{
    public string Path { get; } = path;

    public string File(string name) => string.Concat(Path, "/", name);

    public bool Exists => Status(Path) == 0;

    public bool Has(string file) => Status(File(file)) == 0;

    /// <returns>0 or the negative errno.</returns>
    public int TryWrite(string file, string value)
    {
        fixed (byte* p = CPath.Of(File(file)))
        {
            var fd = FileCalls.Open(p, O_WRONLY | O_TRUNC);
            if (fd < 0)
            {
                return fd;
            }

            Span<byte> bytes = stackalloc byte[256];
            var encoded = value.Length <= 80 ? bytes[..Encoding.UTF8.GetBytes(value, bytes)] : Encoding.UTF8.GetBytes(value);
            var status = FileCalls.WriteAll(fd, encoded);
            FileCalls.Close(fd);
            return status;
        }
    }

    /// <exception cref="LinuxException">The message names the file and the value.</exception>
    public void Write(string file, string value)
    {
        if (TryWrite(file, value) is var status and < 0)
        {
            throw new LinuxException("write", -status, $"{value} to {File(file)}");
        }
    }

    /// <returns>The text without its final newline; null when there is no such file or cgroup.</returns>
    public string? TryRead(string file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var length = ProcFile.TryRead(File(file), ref buffer);
            return length switch
            {
                >= 0 => Encoding.UTF8.GetString(buffer.AsSpan(0, length).TrimEnd((byte)'\n')),
                -2 or -19 or -95 => null, // ENOENT; ENODEV: removed while open; EOPNOTSUPP
                _ => throw new LinuxException("read", -length, File(file)),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A file that holds one number; null when it is missing or says <c>max</c>.</summary>
    public long? TryReadNumber(string file) =>
        long.TryParse(TryRead(file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>The number behind a key in a flat-keyed file: <c>oom_kill 3</c>.</summary>
    public static long? Keyed(string? text, string key)
    {
        if (text is null)
        {
            return null;
        }

        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range];
            if (line.Length > key.Length && line[key.Length] == ' ' && line.StartsWith(key, StringComparison.Ordinal))
            {
                return long.Parse(line[(key.Length + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    /// <summary>The numbers of a file with one per line: <c>cgroup.procs</c>.</summary>
    public void ReadNumbers(string file, ISet<int> into)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var length = ProcFile.TryRead(File(file), ref buffer);
            var text = buffer.AsSpan(0, Math.Max(length, 0));
            while (Utf8Parser.TryParse(text, out int number, out var used))
            {
                into.Add(number);
                text = text[Math.Min(used + 1, text.Length)..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The cgroups right below, by name.</summary>
    public List<CgroupDirectory> Children()
    {
        var children = new List<CgroupDirectory>();
        fixed (byte* p = CPath.Of(Path))
        {
            var fd = FileCalls.Open(p, O_RDONLY | O_DIRECTORY);
            if (fd < 0)
            {
                return fd == -2 ? children : throw new LinuxException("open", -fd, Path);
            }

            var entries = new List<Getdents64.Entry>();
            var status = Getdents64.ReadAll(fd, entries);
            FileCalls.Close(fd);
            if (status < 0 && status != -2)
            {
                throw new LinuxException("getdents64", -status, Path);
            }

            children.AddRange(entries.Where(entry => entry.Type == Getdents64.Directory).Select(entry => new CgroupDirectory(File(CPath.Show(entry.Name)))));
            return children;
        }
    }

    /// <returns>0 or the negative errno.</returns>
    public int TryMake()
    {
        fixed (byte* p = CPath.Of(Path))
        {
            return FileCalls.MkdirAt(AT_FDCWD, p, 0x1ED); // 0755
        }
    }

    /// <returns>0 or the negative errno.</returns>
    public int TryRemove()
    {
        fixed (byte* p = CPath.Of(Path))
        {
            return FileCalls.UnlinkAt(AT_FDCWD, p, AT_REMOVEDIR);
        }
    }

    private static int Status(string path)
    {
        fixed (byte* p = CPath.Of(path))
        {
            return FileCalls.Statx(AT_FDCWD, p, 0, out _);
        }
    }
}
