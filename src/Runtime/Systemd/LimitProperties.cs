using System.Globalization;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Systemd;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Systemd;

/// <summary>
/// Limits in systemd's words (systemd.resource-control(5), org.freedesktop.systemd1(5)). The runtime writes the kernel's files all the same, exactly; these keep systemd
/// from writing something else there when it applies its own settings again, as at <c>systemctl daemon-reload</c>. What it has no word for is left to the files. Pure.
/// </summary>
/// <param name="isUnified">The host has version 2 only.</param>
/// <param name="version">Of the systemd; asked for only where it matters.</param>
internal sealed class LimitProperties(bool isUnified, Func<int> version)
{
    private const long DefaultPeriod = 100_000;

    /// <summary>Versions from which it understands a period, and processors and memory nodes.</summary>
    private const int HasPeriod = 242, HasCpusets = 244;

    private readonly List<UnitProperty> _all = [];

    public IReadOnlyList<UnitProperty> Of(CgroupLimits limits)
    {
        _all.Clear();
        Memory(limits);
        Cpu(limits.CpuQuota, limits.CpuPeriod, limits.CpuShares);
        Cpusets(limits.CpusetCpus, limits.CpusetMems);
        Tasks(limits.PidsMax);
        if (limits.BlkioWeight is { } weight)
        {
            Number(isUnified ? "IOWeight" : "BlockIOWeight", isUnified ? V2Weight.OfBlkio(weight) : weight);
        }

        if (!isUnified && limits.Devices is { } rules)
        {
            Devices(new DeviceExceptions(rules));
        }

        if (isUnified)
        {
            foreach (var (file, value) in limits.Unified ?? Enumerable.Empty<KeyValuePair<string, string>>())
            {
                UnifiedFile(file, value);
            }
        }

        return [.. _all];
    }

    private void Memory(CgroupLimits limits)
    {
        if (!isUnified)
        {
            Bytes("MemoryLimit", limits.MemoryMax);
            return;
        }

        Bytes("MemoryMax", limits.MemoryMax);
        Bytes("MemoryLow", limits.MemoryReservation);
        if (limits.MemorySwapMax is { } both)
        {
            // The specification limits memory and swap together, version 2 swap alone.
            Bytes("MemorySwapMax", both < 0 ? -1 : limits.MemoryMax is { } memory and >= 0 && both >= memory ? both - memory : null);
        }
    }

    private void Cpu(long? quota, long? period, long? shares)
    {
        if (shares is { } asked and > 0)
        {
            Number(isUnified ? "CPUWeight" : "CPUShares", isUnified ? V2Weight.OfShares(asked) : asked);
        }

        if (quota is null && period is null)
        {
            return;
        }

        if (period is { } every && version() >= HasPeriod)
        {
            Number("CPUQuotaPeriodUSec", every);
        }

        // systemd keeps whole percents: up to the next one, or its limit would be below the one that is asked for.
        const long Second = 1_000_000, Percent = Second / 100;
        var perSecond = quota is { } some and > 0 ? some * Second / (period is > 0 ? period.Value : DefaultPeriod) : -1;
        Bytes("CPUQuotaPerSecUSec", perSecond < 0 ? -1 : (perSecond + Percent - 1) / Percent * Percent);
    }

    private void Cpusets(string? cpus, string? nodes)
    {
        if ((cpus ?? nodes) is null || version() < HasCpusets)
        {
            return;
        }

        Set("AllowedCPUs", cpus);
        Set("AllowedMemoryNodes", nodes);
    }

    private void Tasks(long? most) => Bytes("TasksMax", most is <= 0 ? -1 : most);

    private void UnifiedFile(string file, string value)
    {
        switch (file)
        {
            case "memory.max": Bytes("MemoryMax", Parse(value)); break;
            case "memory.high": Bytes("MemoryHigh", Parse(value)); break;
            case "memory.low": Bytes("MemoryLow", Parse(value)); break;
            case "memory.min": Bytes("MemoryMin", Parse(value)); break;
            case "memory.swap.max": Bytes("MemorySwapMax", Parse(value)); break;
            case "pids.max": Tasks(Parse(value)); break;
            case "cpu.weight": Number("CPUWeight", Parse(value)); break;
            case "cpuset.cpus": Cpusets(value, null); break;
            case "cpuset.mems": Cpusets(null, value); break;
            case "cpu.max":
                var words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Cpu(words.Length > 0 ? Parse(words[0]) : null, words.Length > 1 ? Parse(words[1]) : DefaultPeriod, null);
                break;
        }
    }

    /// <summary>
    /// On version 1 systemd itself writes the list of devices, and allows all where nothing is said: what it could not be told would be lost at its next reload. On version 2 it
    /// leaves the cgroup's program alone as long as it has no devices of its own to care for, so that nothing is said there.
    /// </summary>
    private void Devices(DeviceExceptions devices)
    {
        if (devices.AllowByDefault)
        {
            return;
        }

        _all.Add(new UnitProperty("DevicePolicy", DBusValue.Text("strict")));
        _all.Add(new UnitProperty("DeviceAllow", DBusValue.Array("(ss)", [.. devices.Exceptions.Select(Allowed).OfType<DBusValue>()])));
    }

    private static DBusValue? Allowed(Native.Cgroups.DeviceRule rule)
    {
        var type = rule.Type == 'b' ? "block" : "char";
        var node = (rule.Major, rule.Minor) switch
        {
            ({ } major, { } minor) => $"/dev/{type}/{major}:{minor}",
            ({ } major, null) => $"{type}-{major}",
            (null, null) => $"{type}-*",
            _ => null,
        };
        return node is null ? null : DBusValue.Struct(DBusValue.Text(node), DBusValue.Text(rule.Access));
    }

    private void Set(string name, string? list)
    {
        if (list is not { Length: > 0 })
        {
            return;
        }

        var mask = new byte[CpuList.MaskBytes];
        CpuList.Parse(list, mask);
        _all.Add(new UnitProperty(name, DBusValue.Bytes(mask[..(Array.FindLastIndex(mask, bits => bits != 0) + 1)])));
    }

    private void Number(string name, long? value)
    {
        if (value is { } number)
        {
            _all.Add(new UnitProperty(name, DBusValue.UInt64((ulong)number)));
        }
    }

    /// <summary>What can be without limit: systemd's largest number.</summary>
    private void Bytes(string name, long? value) => Number(name, value is < 0 ? -1 : value);

    private static long? Parse(string value) =>
        value.Trim() == "max" ? -1 : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
