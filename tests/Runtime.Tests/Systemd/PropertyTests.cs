using System.Collections.Immutable;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Systemd;
using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Systemd;

namespace Devoxx.Runtime.Tests.Systemd;

public sealed class PropertyTests
{
    [Fact]
    public void Limits_have_the_names_of_version_2() => Assert.Equal(
        [
            "MemoryMax=67108864", "MemoryLow=33554432", "MemorySwapMax=1048576", "CPUWeight=59", "CPUQuotaPeriodUSec=50000", "CPUQuotaPerSecUSec=510000",
            "AllowedCPUs=[5, 1]", "AllowedMemoryNodes=[1]", "TasksMax=20", "IOWeight=4950",
        ],
        Of(true, new CgroupLimits(
            MemoryMax: 64 << 20, MemoryReservation: 32 << 20, MemorySwapMax: 65 << 20, CpuShares: 512, CpuQuota: 25_001, CpuPeriod: 50_000, CpusetCpus: "0,2,8", CpusetMems: "0",
            PidsMax: 20, BlkioWeight: 500)));

    [Fact]
    public void And_those_of_version_1_with_devices() => Assert.Equal(
        [
            "MemoryLimit=67108864", "CPUShares=512", "CPUQuotaPerSecUSec=250000", "TasksMax=20", "BlockIOWeight=500", "DevicePolicy='strict'",
            "DeviceAllow=[('/dev/char/1:3', 'rwm'), ('char-136', 'rw'), ('block-*', 'm')]",
        ],
        Of(false, new CgroupLimits(
            MemoryMax: 64 << 20, MemorySwapMax: 65 << 20, CpuShares: 512, CpuQuota: 25_000, PidsMax: 20, BlkioWeight: 500, Devices: ImmutableArray.Create(
                new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', 1, 3, "rwm"), new DeviceRule(true, 'c', 136, null, "rw"),
                new DeviceRule(true, 'b', null, null, "m"), new DeviceRule(true, 'c', null, 7, "r")))));

    [Fact]
    public void No_limit_is_the_largest_number() => Assert.Equal(
        ["MemoryMax=18446744073709551615", "MemorySwapMax=18446744073709551615", "CPUQuotaPerSecUSec=18446744073709551615", "TasksMax=18446744073709551615"],
        Of(true, new CgroupLimits(MemoryMax: -1, MemorySwapMax: -1, CpuQuota: -1, PidsMax: -1)));

    [Fact]
    public void What_systemd_has_no_word_for_is_left_out()
    {
        Assert.Empty(Of(true, new CgroupLimits(MemorySwapMax: 5, CpuIdle: 1, CpuBurst: 3, Devices: [new DeviceRule(false, 'a', null, null, "rwm")])));
        Assert.Empty(Of(false, new CgroupLimits(Devices: [new DeviceRule(true, 'a', null, null, "rwm"), new DeviceRule(false, 'c', 1, 3, "rwm")])));
        Assert.Equal(["CPUQuotaPerSecUSec=500000"], Of(true, new CgroupLimits(CpuQuota: 50_000, CpuPeriod: 100_000, CpusetCpus: "1"), version: 239));
    }

    [Fact]
    public void Files_of_version_2_are_translated_too() => Assert.Equal(
        ["CPUQuotaPeriodUSec=200000", "CPUQuotaPerSecUSec=500000", "CPUWeight=7", "MemoryHigh=1048576", "MemoryMax=18446744073709551615", "TasksMax=9"],
        Of(true, new CgroupLimits(Unified: ImmutableSortedDictionary<string, string>.Empty.AddRange(
            [new("cpu.max", "100000 200000"), new("cpu.weight", "7"), new("memory.high", "1048576"), new("memory.max", "max"), new("pids.max", "9"), new("hugetlb.2MB.max", "0")]))));

    [Fact]
    public void What_the_kernel_will_refuse_is_left_to_it() => Assert.Equal(
        ["CPUQuotaPeriodUSec=0", "CPUQuotaPerSecUSec=1000000"], Of(true, new CgroupLimits(Unified: ImmutableSortedDictionary<string, string>.Empty.Add("cpu.max", "100000 0"))));

    [Theory]
    [InlineData("true", "b", "true")]
    [InlineData("'it\\'s'", "s", "'it's'")]
    [InlineData("\"x\"", "s", "'x'")]
    [InlineData("5", "i", "5")]
    [InlineData("-5", "i", "-5")]
    [InlineData("0x10", "i", "16")]
    [InlineData("uint64 18446744073709551615", "t", "18446744073709551615")]
    [InlineData("1.5", "d", "1.5")]
    [InlineData("byte 255", "y", "255")]
    [InlineData("['a', 'b']", "as", "['a', 'b']")]
    [InlineData("[uint32 1, 2]", "au", "[1, 2]")]
    [InlineData("@as []", "as", "[]")]
    [InlineData("@a(ss) [('/dev/null', 'rw')]", "a(ss)", "[('/dev/null', 'rw')]")]
    [InlineData("[('x', uint64 3)]", "a(st)", "[('x', 3)]")]
    [InlineData("<'v'>", "v", "<'v'>")]
    [InlineData(" objectpath '/a' ", "o", "'/a'")]
    public void Annotations_are_values_in_gvariants_text_format(string text, string signature, string shown)
    {
        var property = PropertyAnnotations.Of(new Dictionary<string, string> { ["org.systemd.property.Some"] = text, ["other"] = "x" }).Single();
        Assert.Equal(("Some", signature, shown), (property.Name, property.Value.Signature, property.Value.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("maybe")]
    [InlineData("'open")]
    [InlineData("[1, 'a']")]
    [InlineData("[]")]
    [InlineData("byte 256")]
    [InlineData("uint32 -1")]
    [InlineData("true false")]
    [InlineData("@as 'x'")]
    [InlineData("uint64 'x'")]
    public void What_is_none_is_refused_by_name(string text)
    {
        var refused = Assert.Throws<SetupException>(() => PropertyAnnotations.Of(new Dictionary<string, string> { ["org.systemd.property.Some"] = text }).ToList());
        Assert.Contains("org.systemd.property.Some", refused.Message);
    }

    [Theory]
    [InlineData("TimeoutStopSec", "7", "TimeoutStopUSec=7000000")]
    [InlineData("TimeoutStopSec", "uint64 7", "TimeoutStopUSec=7000000")]
    [InlineData("TimeoutStopSec", "1.5", "TimeoutStopUSec=1500000")]
    [InlineData("TimeoutStopUSec", "uint64 7", "TimeoutStopUSec=7")]
    public void Seconds_become_microseconds(string name, string text, string property) =>
        Assert.Equal(property, Show(PropertyAnnotations.Of(new Dictionary<string, string> { ["org.systemd.property." + name] = text }).Single()));

    [Theory]
    [InlineData("org.systemd.property.")]
    [InlineData("org.systemd.property.a b")]
    [InlineData("org.systemd.property.Ab1")]
    public void Names_are_letters(string key) => Assert.Throws<SetupException>(() => PropertyAnnotations.Of(new Dictionary<string, string> { [key] = "true" }).ToList());

    [Fact]
    public void A_scope_is_delegated_and_what_annotations_say_wins()
    {
        var all = ContainerScope.Properties(
            new ScopePlace("a.slice", "b.scope"), "id", 7, isUnified: true, [new UnitProperty("CollectMode", DBusValue.Text("inactive-or-failed"))], [new UnitProperty("TasksMax", DBusValue.UInt64(3))]);
        Assert.Equal(
            [
                "Description='container id'", "Slice='a.slice'", "PIDs=[7]", "Delegate=true", "DefaultDependencies=false", "CPUAccounting=true",
                "MemoryAccounting=true", "IOAccounting=true", "TasksAccounting=true", "TasksMax=3", "CollectMode='inactive-or-failed'",
            ],
            all.Select(Show));
    }

    private static IEnumerable<string> Of(bool isUnified, CgroupLimits limits, int version = 252) => new LimitProperties(isUnified, () => version).Of(limits).Select(Show);

    private static string Show(UnitProperty property) => $"{property.Name}={property.Value}";
}
