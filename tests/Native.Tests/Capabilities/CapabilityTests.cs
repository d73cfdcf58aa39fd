using Devoxx.Native.Capabilities;

namespace Devoxx.Native.Tests.Capabilities;

public sealed class CapabilityTests
{
    [Fact]
    public void Numbers_are_the_kernels()
    {
        Assert.Equal((0, 21, 40), (Capability.Parse("CAP_CHOWN"), Capability.Parse("sys_admin"), Capability.Parse("CAP_CHECKPOINT_RESTORE")));
        Assert.True(int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap")) < Capability.Count);
        for (var i = 0; i < Capability.Count; i++)
        {
            Assert.Equal(i, Capability.Parse(Capability.Name(i)));
        }
    }

    [Fact]
    public void A_name_that_does_not_exist_is_named()
    {
        Assert.Null(Capability.Parse("CAP_"));
        Assert.Contains("'CAP_FLY'", Assert.Throws<FormatException>(() => Capability.Set(["CAP_KILL", "CAP_FLY"])).Message);
        Assert.Equal(1UL << 5 | 1, Capability.Set(["CAP_KILL", "CAP_CHOWN"]));
    }

    [Fact]
    public void Own_sets_are_those_that_procfs_shows()
    {
        var shown = File.ReadAllLines("/proc/thread-self/status").Single(line => line.StartsWith("CapEff"));
        Assert.Equal(Convert.ToUInt64(shown.Split('\t')[1], 16), CapabilitySets.OfThisThread().Effective);
    }
}
