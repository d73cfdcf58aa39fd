using System.Globalization;

namespace Devoxx.Native.Cgroups;

/// <summary>
/// Pressure stall information of a cgroup (Documentation/accounting/psi.rst): in which share of the last ten seconds something in it waited for
/// processors, memory or I/O, in per cent. Null where the kernel does not tell: it is of version 2 only, and can be switched off.
/// </summary>
public sealed record CgroupPressure(double? Cpu, double? Memory, double? Io)
{
    public static CgroupPressure Unknown { get; } = new(null, null, null);

    /// <summary>The ten-second average of the line <c>some avg10=0.12 avg60=… avg300=… total=…</c>; null when there is none.</summary>
    public static double? SomeOf(string? text)
    {
        const string Key = "avg10=";
        foreach (var line in (text ?? "").Split('\n'))
        {
            if (line.StartsWith("some ", StringComparison.Ordinal) && line.IndexOf(Key, StringComparison.Ordinal) is var at and >= 0)
            {
                var value = line.AsSpan(at + Key.Length);
                var end = value.IndexOf(' ');
                return double.TryParse(end < 0 ? value : value[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) ? share : null;
            }
        }

        return null;
    }
}

public sealed partial class Cgroup
{
    public CgroupPressure ReadPressure() => Unified is not { } unified
        ? CgroupPressure.Unknown
        : new CgroupPressure(
            CgroupPressure.SomeOf(unified.TryRead("cpu.pressure")),
            CgroupPressure.SomeOf(unified.TryRead("memory.pressure")),
            CgroupPressure.SomeOf(unified.TryRead("io.pressure")));
}
