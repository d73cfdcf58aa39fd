using System.Globalization;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;

namespace Devoxx.Bench;

/// <summary>devoxx-runtime as an OCI runtime beside others, by the command lines that engines use.</summary>
internal static class Runtimes
{
    private const int Rounds = 21, AtOnce = 100;

    private const string Search = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

    private sealed record Measured(TimeSpan Run, TimeSpan Steps, TimeSpan Parallel, long Peak);

    public static void Measure(Workplace place)
    {
        var table = new Table("OCI runtimes", "", "run", "create, start, delete", $"{AtOnce} runs at once", "memory at peak", "to devoxx's");
        Measured? own = null;
        foreach (var path in new[] { $"{place.Clone}/out/devoxx-runtime", place.Peer("crun"), place.Peer("runc") }.OfType<string>())
        {
            if (RuntimePeer.Open(place, path) is not { } peer)
            {
                table.Add(Path.GetFileName(path), "–", "–", "–", "–", "–");
                continue;
            }

            peer.Enter();
            var measured = peer.Inside(() => Measure(peer)) with { Peak = PeakOf(peer) };
            own ??= measured;
            table.Add(
                peer.Name, Table.Time(measured.Run), Table.Time(measured.Steps), Table.Time(measured.Parallel), $"{measured.Peak / 1048576.0:0.0} MiB",
                string.Join(", ", Table.Ratio(measured.Run, own.Run), Table.Ratio(measured.Steps, own.Steps), Table.Ratio(measured.Parallel, own.Parallel), $"{(double)measured.Peak / own.Peak:0.0} ×"));
        }

        table.Print();
    }

    private static Measured Measure(RuntimePeer peer)
    {
        var runs = new List<TimeSpan>();
        var steps = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            runs.Add(Timed.Must(peer.Command("run", $"run-{Number(round)}")).Took);
            var id = $"steps-{Number(round)}";
            steps.Add(
                Timed.Must(peer.Command("create", id)).Took + Timed.Must(peer.Command("start", id)).Took + Timed.Must(peer.Command("delete", "--force", id)).Took);
        }

        var parallel = Enumerable.Range(0, 5).Select(round => AllAtOnce(peer, round)).ToList();
        return new Measured(Timed.Median(runs), Timed.Median(steps), Timed.Median(parallel), 0);
    }

    private static TimeSpan AllAtOnce(RuntimePeer peer, int round)
    {
        var startedAt = Timed.Now();
        var running = Enumerable.Range(0, AtOnce).Select(n => Start(peer.Command("run", $"all-{Number(round)}-{Number(n)}"))).ToList();
        var failed = 0;
        foreach (var process in running)
        {
            using (process)
            {
                failed += process.PidFd.Reap().ExitCode == 0 ? 0 : 1;
            }
        }

        var took = TimeSpan.FromTicks((Timed.Now() - startedAt) / 100);
        return failed == 0 ? took : throw new InvalidOperationException($"{peer.Name}: {failed} of {AtOnce} runs at once failed");
    }

    /// <summary>Bytes of all processes of the runtime together at their most, with what the kernel keeps for them, by a memory cgroup that they begin in.</summary>
    private static long PeakOf(RuntimePeer peer)
    {
        var cgroup = Cgroup.Create(CgroupHost.Detect(), "/devoxx-bench");
        try
        {
            var memory = cgroup.Directories.First(directory => File.Exists(directory + "/memory.max_usage_in_bytes") || File.Exists(directory + "/memory.peak"));
            using var processes = File.OpenHandle(memory + "/cgroup.procs", FileMode.Open, FileAccess.Write);
            var code = peer.Inside(() =>
            {
                using var process = Spawn.Start(
                    "/bin/sh", ["sh", "-c", "echo 0 >&3; exec 3>&-; exec \"$@\"", "sh", .. peer.Command("run", "peak")], [Search], extra: [(processes, 3)]);
                return process.PidFd.Reap().ExitCode;
            });
            return code == 0 && cgroup.ReadStats().MemoryPeak is { } peak ? peak : throw new InvalidOperationException($"{peer.Name}: run in a cgroup of memory ended with {code}");
        }
        finally
        {
            cgroup.Kill();
            cgroup.Remove();
        }
    }

    private static SpawnedProcess Start(string[] command) => Spawn.Start(command[0], command, [Search]);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
