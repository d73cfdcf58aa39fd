namespace Devoxx.Images.Archives;

/// <summary>What a tar entry is, whatever letter the header has for it.</summary>
public enum TarEntryType
{
    RegularFile,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,

    /// <summary>Nothing to unpack: volume labels, global headers and vendors' own types.</summary>
    Other,
}

/// <summary>A stretch of a sparse file that has data; offset and length in bytes.</summary>
public readonly record struct DataExtent(long Offset, long Length);

/// <summary>One entry, headers of all kinds taken together. Valid until the reader moves on.</summary>
public sealed class TarEntry
{
    /// <summary>As the archive has it: not cleaned, not trusted, not necessarily UTF-8.</summary>
    public byte[] Name { get; internal set; } = [];

    public byte[] LinkName { get; internal set; } = [];

    public TarEntryType Type { get; internal set; }

    /// <summary>Permission bits with set-id and sticky bits.</summary>
    public uint Mode { get; internal set; }

    public uint Uid { get; internal set; }

    public uint Gid { get; internal set; }

    /// <summary>Bytes of the file once unpacked; of a sparse file, holes included.</summary>
    public long Size { get; internal set; }

    /// <summary>Bytes in the archive.</summary>
    public long PayloadSize { get; internal set; }

    public long ModifiedSeconds { get; internal set; }

    public uint ModifiedNanoseconds { get; internal set; }

    public uint DeviceMajor { get; internal set; }

    public uint DeviceMinor { get; internal set; }

    /// <summary>Extended attributes by name, values as bytes.</summary>
    public List<(byte[] Name, byte[] Value)> Xattrs { get; } = [];

    /// <summary>Where a sparse file's payload belongs; null for an ordinary file.</summary>
    public List<DataExtent>? Extents { get; internal set; }
}

/// <summary>The archive is damaged, or no archive.</summary>
public sealed class TarFormatException(string message) : ImageException(message);
