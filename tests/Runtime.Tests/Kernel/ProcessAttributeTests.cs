using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>Personality, scheduling and time; as root.</summary>
public sealed class ProcessAttributeTests : IDisposable
{
    private readonly Bundle _bundle = new();

    [Fact]
    public void Personality_linux32_shows_another_machine() =>
        Assert.Equal(["i686"], _bundle.Output(_bundle.Spec("uname", "-m").WithLinux(l => l with { Personality = new Personality("LINUX32") })));

    [Fact]
    public void Scheduling_policy_and_nice_value() =>
        // Fields of proc_pid_stat(5): nice is the 19th, the policy (SCHED_BATCH is 3) the 41st.
        Assert.Equal(["7 3"], _bundle.Output(_bundle.Shell("cut -d' ' -f19,41 /proc/self/stat").WithProcess(p => p with { Scheduler = new Scheduler { Policy = "SCHED_BATCH", Nice = 7 } })));

    [Fact]
    public void Input_and_output_priority() =>
        Assert.Equal(["idle"], _bundle.Output(_bundle.Shell("ionice -p $$ | cut -d: -f1").WithProcess(p => p with { IoPriority = new IoPriority("IOPRIO_CLASS_IDLE") })));

    [Theory]
    [InlineData("SCHED_NICE", "SCHED_NICE")]
    public void A_policy_that_is_none_is_refused_by_name(string policy, string named) =>
        Assert.Contains(named, _bundle.Refusal(_bundle.Spec("true").WithProcess(p => p with { Scheduler = new Scheduler { Policy = policy } })));

    [Theory]
    [InlineData(null, 20_000_000UL, 0UL, "requires `runtime`")]
    [InlineData(10_000_000UL, null, 0UL, "requires `deadline`")]
    [InlineData(0UL, 20_000_000UL, 0UL, "runtime must be greater than 0")]
    [InlineData(1023UL, 20_000_000UL, 0UL, "runtime 1023 must be between 1024 and")]
    [InlineData(30_000_000UL, 20_000_000UL, 40_000_000UL, "runtime 30000000 must be <= deadline 20000000")]
    [InlineData(10_000_000UL, 30_000_000UL, 20_000_000UL, "deadline 30000000 must be <= period 20000000")]
    public void A_deadline_that_the_kernel_would_not_take_is_explained(ulong? runtime, ulong? deadline, ulong? period, string why) =>
        Assert.Contains("sched_setattr: `SCHED_DEADLINE` " + why, _bundle.Refusal(_bundle.Spec("true").WithProcess(p => p with
        {
            Scheduler = new Scheduler { Policy = "SCHED_DEADLINE", Runtime = runtime, Deadline = deadline, Period = period },
        })));

    [Fact]
    public void A_deadline_needs_all_processors() =>
        Assert.Contains("SCHED_DEADLINE needs all processors", _bundle.Refusal(_bundle.Spec("true")
            .WithProcess(p => p with { Scheduler = new Scheduler { Policy = "SCHED_DEADLINE", Runtime = 10_000_000, Deadline = 20_000_000 } })
            .WithLinux(l => l with { Resources = new LinuxResources { Cpu = new CpuResources { Cpus = "8191" } } })));

    [Fact]
    public void A_time_namespace_has_its_own_clocks()
    {
        var days = 40 * 24 * 3600L;
        var uptime = _bundle.Output(_bundle.Shell("cut -d. -f1 /proc/uptime").WithLinux(l => l with
        {
            Namespaces = [.. l.Namespaces!, new Namespace("time")],
            TimeOffsets = new Dictionary<string, TimeOffset> { ["boottime"] = new(days), ["monotonic"] = new(days) },
        }));
        Assert.InRange(long.Parse(uptime[0]), days, days + (long)(Environment.TickCount64 / 1000.0) + 3600);
    }

    [Fact]
    public void A_process_that_joins_runs_on_the_processors_asked_for()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        var process = _bundle.Path + "/process";
        File.WriteAllText(process, """{"args":["grep","Cpus_allowed_list","/proc/self/status"],"env":["PATH=/bin"],"cwd":"/","execCPUAffinity":{"initial":"0","final":"0"}}""");
        Assert.EndsWith("\t0\n", _bundle.Exec("--process", process, _bundle.Id).Succeeded().Output);
    }

    public void Dispose() => _bundle.Dispose();
}
