using Devoxx.Native.Cgroups;
using Xunit;

namespace Devoxx.Native.Tests.Cgroups;

public sealed class DeviceExceptionsTests
{
    private static readonly DeviceRule DenyAll = new(false, 'a', null, null, "rwm");

    [Fact]
    public void Joins_rules_for_the_same_device()
    {
        var rules = new DeviceExceptions([DenyAll, new(true, 'c', 1, 3, "r"), new(true, 'c', 1, 3, "w"), new(true, 'b', 1, 3, "m")]);

        Assert.False(rules.AllowByDefault);
        Assert.Equal([new(true, 'c', 1, 3, "rw"), new DeviceRule(true, 'b', 1, 3, "m")], rules.Exceptions);
    }

    [Fact]
    public void Takes_back_what_a_later_rule_denies()
    {
        var rules = new DeviceExceptions([DenyAll, new(true, 'c', 1, 3, "rwm"), new(false, 'c', 1, 3, "m"), new(true, 'c', 1, 5, "r"), new(false, 'c', 1, 5, "rwm")]);

        Assert.Equal([new DeviceRule(true, 'c', 1, 3, "rw")], rules.Exceptions);
    }

    [Fact]
    public void Forgets_what_was_before_a_rule_for_everything()
    {
        var rules = new DeviceExceptions([DenyAll, new(true, 'c', 1, 3, "rwm"), new(true, 'a', null, null, "rwm"), new(false, 'c', 1, 5, "w")]);

        Assert.True(rules.AllowByDefault);
        Assert.Equal([new DeviceRule(false, 'c', 1, 5, "w")], rules.Exceptions);
    }
}
