using Devoxx.Native.Cgroups;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Lifecycle;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>update [--resources FILE|-] [--memory BYTES …] ID</c>: other limits for a container that runs.</summary>
internal static class UpdateVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(
            args,
            ["r=resources", "memory", "memory-reservation", "memory-swap", "cpu-period", "cpu-quota", "cpu-share", "cpuset-cpus", "cpuset-mems", "pids-limit", "blkio-weight"],
            []);
        var container = Container.Open(options.Root, parsed.Single("container id"));
        container.NeedCgroup().Apply(parsed.Value("resources") is { } file ? Limits.Of(Read(file), forDevices: false) : FromOptions(parsed));
        return 0;
    }

    private static LinuxResources Read(string file) =>
        RuntimeSpecReader.ReadResources(file == "-" ? ReadStandardInput() : File.ReadAllBytes(file));

    private static CgroupLimits FromOptions(Arguments parsed) => new(
        MemoryMax: Signed(parsed, "memory"),
        MemoryReservation: Signed(parsed, "memory-reservation"),
        MemorySwapMax: Signed(parsed, "memory-swap"),
        CpuPeriod: Signed(parsed, "cpu-period"),
        CpuQuota: Signed(parsed, "cpu-quota"),
        CpuShares: Signed(parsed, "cpu-share"),
        CpusetCpus: parsed.Value("cpuset-cpus"),
        CpusetMems: parsed.Value("cpuset-mems"),
        PidsMax: Signed(parsed, "pids-limit"),
        BlkioWeight: (int?)Signed(parsed, "blkio-weight"));

    private static long? Signed(Arguments parsed, string name) =>
        parsed.Value(name) is not { } text ? null
        : long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : throw new UsageException($"--{name}: '{text}' is no number");

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
