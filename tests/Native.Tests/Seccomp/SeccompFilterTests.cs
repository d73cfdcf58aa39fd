using Devoxx.Native.Seccomp;

namespace Devoxx.Native.Tests.Seccomp;

/// <summary>Needs libseccomp.</summary>
public sealed class SeccompFilterTests
{
    [Fact]
    public void Compiles_rules_to_whole_instructions()
    {
        var program = SeccompFilter.Compile(
            SeccompAction.Allow, ["x86_64", "x86"],
            [
                new SeccompRule(["mkdir", "no_such_call"], SeccompAction.Errno(1), []),
                new SeccompRule(["kill"], SeccompAction.KillProcess, [new SeccompComparison(1, 4, 9, 0)]),
                new SeccompRule(["read"], SeccompAction.Allow, []),
            ]);
        Assert.True(program.Length > 0 && program.Length % 8 == 0, $"{program.Length} bytes");
    }

    [Fact]
    public void Two_conditions_on_one_argument_are_two_rules()
    {
        var one = SeccompFilter.Compile(SeccompAction.Allow, [], [new SeccompRule(["kill"], SeccompAction.Errno(1), [new(1, 4, 9, 0)])]);
        var two = SeccompFilter.Compile(SeccompAction.Allow, [], [new SeccompRule(["kill"], SeccompAction.Errno(1), [new(1, 4, 9, 0), new(1, 4, 15, 0)])]);
        Assert.True(two.Length > one.Length);
    }

    [Fact]
    public void An_architecture_that_does_not_exist_is_named() =>
        Assert.Contains("z80", Assert.Throws<LinuxException>(() => SeccompFilter.Compile(SeccompAction.Allow, ["z80"], [])).Message);
}
