using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Native.Cgroups;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>From <c>blkio_config</c> to limits. Pure.</summary>
internal static class ServiceBlockIo
{
    /// <exception cref="FormatException">Not from 10 to 1000.</exception>
    public static int? Weight(Service service) => service.BlkioConfig?.Weight is { } weight and not 0 ? Checked(weight, "blkio_config.weight") : null;

    /// <exception cref="FormatException">A device is not a path, or a value cannot be.</exception>
    public static ImmutableArray<BlockIoLimit>? Devices(Service service)
    {
        if (service.BlkioConfig is not { } config)
        {
            return null;
        }

        ImmutableArray<BlockIoLimit> all =
        [
            .. config.WeightDevice.Select(d => new BlockIoLimit(BlockDeviceLimitKind.Weight, PathOf(d.Path, "weight_device"), Checked(d.Weight, $"blkio_config.weight_device of {d.Path}"))),
            .. Throttled(BlockDeviceLimitKind.ReadBytes, config.DeviceReadBps, "device_read_bps"),
            .. Throttled(BlockDeviceLimitKind.WriteBytes, config.DeviceWriteBps, "device_write_bps"),
            .. Throttled(BlockDeviceLimitKind.ReadOperations, config.DeviceReadIops, "device_read_iops"),
            .. Throttled(BlockDeviceLimitKind.WriteOperations, config.DeviceWriteIops, "device_write_iops"),
        ];
        return all.IsEmpty ? null : all;
    }

    private static IEnumerable<BlockIoLimit> Throttled(BlockDeviceLimitKind kind, ImmutableArray<ThrottleDevice> devices, string key) =>
        devices.Select(d => d.Rate > 0
            ? new BlockIoLimit(kind, PathOf(d.Path, key), d.Rate)
            : throw new FormatException($"blkio_config.{key} of {d.Path}: the rate {d.Rate} must be more than 0"));

    private static string PathOf(string path, string key) =>
        path.StartsWith('/') ? path : throw new FormatException($"blkio_config.{key}: {(path.Length == 0 ? "a device has no path" : $"{path} is not a path such as /dev/sda")}");

    private static int Checked(long weight, string key) =>
        weight is >= 10 and <= 1000 ? (int)weight : throw new FormatException($"{key}: {weight} is not from 10 to 1000");
}
