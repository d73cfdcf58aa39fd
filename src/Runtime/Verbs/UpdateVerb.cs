using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Lifecycle;
using Devoxx.Runtime.Systemd;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>update [--resources FILE|-] [--memory BYTES …] ID</c>: other limits for a container that runs.</summary>
internal static class UpdateVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(
            args,
            [
                "r=resources", "memory", "memory-reservation", "memory-swap", "cpu-period", "cpu-quota", "cpu-burst", "cpu-share", "cpu-idle", "cpu-rt-period", "cpu-rt-runtime",
                "cpuset-cpus", "cpuset-mems", "pids-limit", "blkio-weight", "kernel-memory", "kernel-memory-tcp", "l3-cache-schema", "mem-bw-schema",
            ],
            []);
        foreach (var name in (string[])["kernel-memory", "kernel-memory-tcp", "l3-cache-schema", "mem-bw-schema"])
        {
            if (parsed.Value(name) is not null)
            {
                throw new UsageException($"--{name} is not supported: {(name.StartsWith("kernel", StringComparison.Ordinal) ? "Linux has no limit for kernel memory any more" : "Intel RDT is not")}");
            }
        }

        var container = Container.Open(options.Root, parsed.Single("container id"));
        var cgroup = container.NeedCgroup();
        var limits = WithWholeBandwidth(parsed.Value("resources") is { } file ? Limits.Of(Read(file), forDevices: false) : FromOptions(parsed), cgroup);
        Failpoint.Reach("update.before");
        if (container.State.SystemdUnit is { } unit)
        {
            ContainerScope.Update(unit, cgroup, limits);
        }

        cgroup.Apply(limits);
        Failpoint.Reach("update.after");
        return 0;
    }

    /// <summary>Quota and period are one setting of version 2, and of systemd: who changes one keeps the other.</summary>
    private static CgroupLimits WithWholeBandwidth(CgroupLimits limits, Cgroup cgroup) =>
        limits.CpuQuota is null == limits.CpuPeriod is null || cgroup.CpuBandwidth is not { } now
            ? limits
            : limits with { CpuQuota = limits.CpuQuota ?? now.Quota, CpuPeriod = limits.CpuPeriod ?? now.Period };

    private static LinuxResources Read(string file) =>
        RuntimeSpecReader.ReadResources(file == "-" ? ReadStandardInput() : File.ReadAllBytes(file));

    private static CgroupLimits FromOptions(Arguments parsed) => new(
        MemoryMax: Bytes(parsed, "memory"),
        MemoryReservation: Bytes(parsed, "memory-reservation"),
        MemorySwapMax: Bytes(parsed, "memory-swap"),
        CpuPeriod: Signed(parsed, "cpu-period"),
        CpuQuota: Signed(parsed, "cpu-quota"),
        CpuBurst: Signed(parsed, "cpu-burst"),
        CpuIdle: Signed(parsed, "cpu-idle"),
        CpuRealtimePeriod: Signed(parsed, "cpu-rt-period"),
        CpuRealtimeRuntime: Signed(parsed, "cpu-rt-runtime"),
        CpuShares: Signed(parsed, "cpu-share"),
        CpusetCpus: parsed.Value("cpuset-cpus"),
        CpusetMems: parsed.Value("cpuset-mems"),
        PidsMax: Signed(parsed, "pids-limit") is 0 ? 1 : Signed(parsed, "pids-limit"),
        BlkioWeight: (int?)Signed(parsed, "blkio-weight"));

    private static long? Signed(Arguments parsed, string name) =>
        parsed.Value(name) is not { } text ? null
        : long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : throw new UsageException($"--{name}: '{text}' is no number");

    /// <summary>Bytes, or with a unit of powers of 1024: <c>50M</c>, <c>1g</c>, <c>512KiB</c>; −1 is no limit.</summary>
    private static long? Bytes(Arguments parsed, string name)
    {
        if (parsed.Value(name) is not { Length: > 0 } text || char.IsAsciiDigit(text[^1]))
        {
            return Signed(parsed, name);
        }

        var digits = text.TrimEnd('b', 'B', 'i');
        var power = digits.Length == 0 ? -1 : "kmgt".IndexOf(char.ToLowerInvariant(digits[^1]));
        var number = power < 0 ? digits : digits[..^1];
        return long.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count)
            && count <= long.MaxValue >> (10 * (power + 1))
            ? count << (10 * (power + 1))
            : throw new UsageException($"--{name}: '{text}' is no number of bytes, such as 50M");
    }

    private static unsafe byte[] ReadStandardInput()
    {
        var all = new List<byte>();
        var buffer = stackalloc byte[4096];
        nint length;
        while ((length = FileDescriptor.Check(Devoxx.Native.RawSyscall.InvokeBlocking(Devoxx.Native.Nr.read, 0, (nint)buffer, 4096), "read", "standard input")) > 0)
        {
            all.AddRange(new ReadOnlySpan<byte>(buffer, (int)length));
        }

        return [.. all];
    }
}
