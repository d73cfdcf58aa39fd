using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Tests.Cgroups;

public sealed class CgroupEffectsTests
{
    [Theory]
    [InlineData(null, true, 32L << 20)]
    [InlineData(null, false, null)]
    [InlineData(-1L, true, -1L)]
    [InlineData(20L << 20, true, 20L << 20)]
    public void Memory_without_a_word_on_swap_allows_as_much_swap_again(long? swap, bool limitsSwap, long? expected)
    {
        Assert.Equal(expected, CgroupEffects.Limits(new ResourceLimits(Memory: 16 << 20, MemorySwap: swap), limitsSwap, null).MemorySwapMax);
    }

    [Fact]
    public void Processors_become_a_quota_for_each_tenth_of_a_second()
    {
        var limits = CgroupEffects.Limits(new ResourceLimits(Cpus: 0.25), false, null);

        Assert.Equal((25_000, 100_000), (limits.CpuQuota, limits.CpuPeriod));
    }
}
