namespace Devoxx.Native.Cgroups;

/// <summary>What a cgroup may do with one block device.</summary>
/// <param name="Value">For a weight 10 to 1000, else bytes or operations a second; 0 takes the limit away.</param>
public sealed record BlockDeviceLimit(BlockDeviceLimitKind Kind, long Major, long Minor, ulong Value)
{
    /// <summary>As the kernel writes a device: <c>8:0</c>.</summary>
    internal string Device => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Major}:{Minor}");
}

public enum BlockDeviceLimitKind
{
    Weight,
    ReadBytes,
    WriteBytes,
    ReadOperations,
    WriteOperations,
}
