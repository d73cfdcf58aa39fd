using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Hooks;

namespace Devoxx.Supervisor.Tests.Containers;

public sealed class MachineHaltTests
{
    [Fact]
    public void It_takes_at_most_what_the_containers_that_run_may_take_one_after_the_other()
    {
        var plain = ContainerLife.Running(spec: spec => spec with { StopGracePeriod = TimeSpan.FromSeconds(40) }).State;
        var hooked = ContainerLife.Running(spec: spec => spec with
        {
            StopGracePeriod = TimeSpan.FromSeconds(5),
            PreStop = [new HookSpec(["true"]), new HookSpec(["true"])],
        }).State;
        var over = ContainerLife.Running().Exit(0).State;

        Assert.Equal(TimeSpan.FromSeconds(30), MachineHalt.MostFor([over]));
        Assert.Equal(TimeSpan.FromSeconds(30 + 40 + 5 + 120), MachineHalt.MostFor([plain, over, hooked]));
    }
}
