using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The built-in init (annotation org.devoxx.init); as root.</summary>
public sealed class InitTests
{
    [Fact]
    public void Is_process_1_and_ends_as_the_command_ended()
    {
        using var bundle = new Bundle();
        var exit = bundle.Start(WithInit(bundle.Shell("echo $$; cat /proc/1/comm; exit 42"))).Exit();
        Assert.Equal((42, null), (exit.ExitCode, exit.Signal));
        Assert.Equal(["2", "devoxx-init"], Log.Text(bundle, "stdout"));
    }

    [Fact]
    public void Passes_signals_on()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(WithInit(bundle.Shell("trap 'echo term; exit 7' TERM; echo ready; while :; do sleep 0.05; done")));
        Eventually.True(() => Log.Text(bundle, "stdout").Contains("ready"), "the trap is set");
        run.Kill(Signal.Term);
        Assert.Equal(7, run.Exit().ExitCode);
    }

    [Fact]
    public void A_command_without_handler_ends_by_the_signal()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(WithInit(bundle.Spec("sleep", "1000")));
        run.Kill(Signal.Term);
        Assert.Equal(143, run.Exit().ExitCode);
    }

    [Fact]
    public void Reaps_orphans()
    {
        using var bundle = new Bundle();
        var spec = WithInit(bundle.Shell("for i in 1 2 3 4 5; do (sleep 0.01 &); done; sleep 0.3; ps -o stat | grep -c Z; true"));
        Assert.Equal(["0"], bundle.Output(spec));
    }

    [Fact]
    public void A_command_that_does_not_exist_is_still_told_apart()
    {
        using var bundle = new Bundle();
        Assert.Equal("exec-not-found", bundle.Start(WithInit(bundle.Spec("nope"))).Kind);
    }

    [Fact]
    public void Gives_the_container_no_way_to_the_hosts_executable()
    {
        using var bundle = new Bundle();
        Assert.Equal(
            ["refused", "refused"],
            bundle.Output(WithInit(bundle.Shell("head -c 4 /proc/1/exe 2>/dev/null || echo refused; cat /proc/1/environ 2>/dev/null || echo refused"))));
    }

    private static RuntimeSpec WithInit(RuntimeSpec spec) => spec with { Annotations = new Dictionary<string, string> { ["org.devoxx.init"] = "true" } };
}
