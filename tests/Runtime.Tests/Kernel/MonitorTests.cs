using System.Globalization;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The published executable's <c>monitor</c> on the real kernel, as root.</summary>
public sealed class MonitorTests
{
    [Fact]
    public void Says_who_runs_keeps_the_output_and_records_the_exit()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("echo out; echo err >&2; printf unfinished; exit 3"));
        Assert.Null(run.Error);
        Assert.Equal(run.MonitorPid, run.Status.GetProperty("monitorPid").GetInt32());
        var exit = run.Exit();
        Assert.Equal((run.Pid, 3, null, 0), (exit.Pid, exit.ExitCode, exit.Signal, exit.OomKills));
        Assert.Equal(["out", "unfinished"], Log.Text(bundle, "stdout"));
        Assert.Equal(["err"], Log.Text(bundle, "stderr"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout F out$", Log.Lines(bundle)[0]);
        var started = DateTimeOffset.Parse(exit.StartedAt, CultureInfo.InvariantCulture);
        var exited = DateTimeOffset.Parse(exit.ExitedAt, CultureInfo.InvariantCulture);
        Assert.InRange(exited - started, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.False(Directory.Exists(bundle.StateDirectory));
        Assert.Empty(bundle.CgroupDirectories());
    }

    [Fact]
    public void While_it_runs_its_state_names_both_processes()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Spec("sleep", "1000"));
        var state = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(bundle.StateDirectory + "/state.json")).RootElement;
        Assert.Equal(run.Pid, state.GetProperty("pid").GetInt32());
        Assert.Equal(run.MonitorPid, state.GetProperty("monitorPid").GetInt32());
        Assert.Equal(ProcessStat.Of(run.Pid)!.Value.StartTime, state.GetProperty("startTime").GetUInt64());
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(bundle.StateDirectory));
        Assert.Contains(run.Pid.ToString(), File.ReadAllText(bundle.CgroupDirectories().First() + "/cgroup.procs"));
    }

    [Fact]
    public void A_signal_is_recorded_as_signal()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Spec("sleep", "1000"));
        run.Kill();
        var exit = run.Exit();
        Assert.Equal((137, 9), (exit.ExitCode, exit.Signal!.Value));
    }

    [Theory]
    [InlineData("no-such-command", "exec-not-found", "exec: \"no-such-command\": executable file not found in $PATH")]
    [InlineData("/no/such/file", "exec-not-found", "exec: \"/no/such/file\": stat /no/such/file: no such file or directory")]
    [InlineData("/etc/passwd", "exec-not-executable", "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/etc", "exec-not-executable", "exec: \"/etc\": permission denied")]
    public void A_command_that_cannot_be_executed_is_told_apart(string command, string kind, string message)
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Spec(command));
        Assert.Equal((message, kind), (run.Error, run.Kind));
        Assert.Equal(FailureCode(kind), run.MonitorExit());
        Assert.False(Directory.Exists(bundle.StateDirectory));
        Assert.Empty(bundle.CgroupDirectories());
        Assert.False(File.Exists(bundle.Path + "/exit.json"));
    }

    [Fact]
    public void A_failed_step_is_named_with_call_path_flags_and_errno()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Spec("true").WithMount("/x", bundle.Path + "/missing", "rbind"));
        Assert.Equal($"open_tree {bundle.Path}/missing (OPEN_TREE_CLONE|AT_RECURSIVE): ENOENT, no such file or directory", run.Error);
        Assert.Equal("setup", run.Kind);
    }

    [Fact]
    public void A_hard_limit_that_cannot_be_raised_is_an_error_that_names_it()
    {
        using var bundle = new Bundle();

        // Above fs.nr_open no limit of descriptors can be set, whatever the capabilities.
        var most = ulong.Parse(File.ReadAllText("/proc/sys/fs/nr_open").Trim()) + 1;
        var error = bundle.Refusal(bundle.Spec("true").WithProcess(p => p with { Rlimits = [new Rlimit("RLIMIT_NOFILE", 10, most)] }));
        Assert.Equal($"setrlimit RLIMIT_NOFILE (soft 10, hard {most}): EPERM, operation not permitted", error);
    }

    [Fact]
    public void A_container_ends_with_its_monitor()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Spec("sleep", "1000"));
        using var container = PidFd.Open(run.Pid);
        run.MonitorFd.SendSignal(Signal.Kill);
        Assert.Equal(137, run.MonitorExit());
        Eventually.True(() => ProcessStat.Of(run.Pid) is not { IsAlive: true }, "the container ended");
    }

    [Fact]
    public void What_a_killed_monitor_left_does_not_hinder_the_next_run()
    {
        using var bundle = new Bundle();
        var first = bundle.Start(bundle.Spec("sleep", "1000"), "--stdin");
        Assert.Equal($"container with id exists: {bundle.Id}", bundle.Refusal(bundle.Spec("true")));
        first.MonitorFd.SendSignal(Signal.Kill);
        first.MonitorExit();
        Eventually.True(() => ProcessStat.Of(first.Pid) is not { IsAlive: true }, "the container ended");
        Assert.True(File.Exists(bundle.StateDirectory + "/state.json"));
        Assert.Equal(4, bundle.Start(bundle.Shell("exit 4"), "--stdin").Exit().ExitCode);
    }

    [Fact]
    public void A_monitor_ignores_the_signals_of_terminals_and_shutdowns()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("trap 'echo caught; exit 0' TERM; while :; do sleep 0.05; done"));
        foreach (var signal in (int[])[Signal.Hup, Signal.Int, Signal.Term])
        {
            run.MonitorFd.SendSignal(signal);
        }

        Assert.Equal(0x4003UL, Mask(run.MonitorPid, "SigIgn") & 0x4003);

        // What the monitor ignores the container does not; before its trap is set the kernel would drop the signal to a first process.
        Eventually.True(() => (Mask(run.Pid, "SigCgt") & 0x4000) != 0, "the shell handles TERM");
        run.Kill(Signal.Term);
        Assert.Equal(0, run.Exit().ExitCode);
        Assert.Equal(["caught"], Log.Text(bundle, "stdout"));
    }

    [Fact]
    public void Killed_for_want_of_memory_is_counted()
    {
        using var bundle = new Bundle();
        bundle.Write(bundle.Spec("true"));
        var host = Devoxx.Native.Cgroups.CgroupHost.Detect();
        var limits = new Devoxx.Native.Cgroups.CgroupLimits(MemoryMax: 16 << 20, MemorySwapMax: 16 << 20);
        var cgroup = Devoxx.Native.Cgroups.Cgroup.Create(host, $"{Specs.CgroupParent}/{bundle.Id}", limits);
        try
        {
            cgroup.Apply(limits);
            var exit = bundle.Start(bundle.Shell("head -c 100000000 /dev/zero | tail -c 90000000 >/dev/null; exit 5")).Exit();
            Assert.InRange(exit.OomKills, 1, 10);
        }
        finally
        {
            cgroup.Kill();
            cgroup.Remove();
        }
    }

    [Fact]
    public void Costs_less_than_a_megabyte_of_its_own()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Spec("sleep", "1000"));
        Eventually.True(() => PrivateKilobytes(run.MonitorPid) < 1000, $"less than 1000 KB private; now {PrivateKilobytes(run.MonitorPid)}");
    }

    [Fact]
    public void Output_of_the_size_of_a_pipe_arrives_after_the_end_too()
    {
        using var bundle = new Bundle();
        Assert.Equal(0, bundle.Start(bundle.Shell("yes 0123456789 | head -n 80000")).Exit().ExitCode);
        var lines = Log.Text(bundle, "stdout");
        Assert.Equal(80_000, lines.Count);
        Assert.All(lines, line => Assert.Equal("0123456789", line));
    }

    private static int FailureCode(string kind) => kind == "exec-not-found" ? 127 : 126;

    private static long PrivateKilobytes(int pid) =>
        File.ReadAllLines($"/proc/{pid}/smaps_rollup")
            .Where(line => line.StartsWith("Private_Dirty"))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));

    private static ulong Mask(int pid, string name) =>
        Convert.ToUInt64(File.ReadAllLines($"/proc/{pid}/status").Single(line => line.StartsWith(name)).Split('\t')[1], 16);
}
