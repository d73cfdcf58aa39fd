using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;

namespace Devoxx.Bench;

/// <summary>A state root of the benchmark's own, with the images it needs.</summary>
internal sealed class Workplace : IDisposable
{
    public Workplace(string clone)
    {
        Clone = clone;
        Directory = System.IO.Directory.CreateTempSubdirectory("devoxx-bench-").FullName;
        Root = Directory + "/state";
        Devoxx = Engine.Devoxx(clone, Root);
        Docker = Engine.Docker();
        Devoxx.Run("image", "load", "-i", Path.Join(clone, "out/busybox-1.36.tar"));
        Import();
    }

    public string Clone { get; }

    public string Directory { get; }

    public string Root { get; }

    public Engine Devoxx { get; }

    public Engine? Docker { get; }

    public IEnumerable<Engine> Engines => Docker is null ? [Devoxx] : [Devoxx, Docker];

    /// <summary>An executable that bench/run fetched, or one on the PATH.</summary>
    public string? Peer(string name) => Timed.Which(name) ?? (File.Exists($"{Clone}/out/bench/{name}/{name}") ? $"{Clone}/out/bench/{name}/{name}" : null);

    public string Write(string name, string text)
    {
        File.WriteAllText($"{Directory}/{name}", text);
        return $"{Directory}/{name}";
    }

    /// <summary>A stack of services that sleep. They end by SIGKILL: as process 1 of its namespace sleep(1) never sees a SIGTERM, and down would measure the grace period.</summary>
    public string SleepStack(int services)
    {
        var text = new StringBuilder($"name: sleepers{services}\nservices:\n");
        for (var n = 1; n <= services; n++)
        {
            text.Append($"  s{n}: {{image: 'busybox:1.36', network_mode: none, stop_signal: SIGKILL, command: sleep 1000000}}\n");
        }

        return Write($"sleepers{services}.yaml", text.ToString());
    }

    /// <summary>Ends the supervisor, as a machine without work has none.</summary>
    public void StopSupervisor()
    {
        foreach (var pid in Processes("supervisor"))
        {
            // Told, not killed: it takes its empty cgroup along.
            using var process = Process.GetProcessById(pid);
            using var supervisor = PidFd.Open(pid);
            supervisor.SendSignal(Signal.Term);
            process.WaitForExit();
        }
    }

    /// <summary>Pids of this state root's supervisor or monitors.</summary>
    public List<int> Processes(string verb)
    {
        var found = new List<int>();
        foreach (var directory in System.IO.Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var pid))
            {
                try
                {
                    var line = File.ReadAllText(directory + "/cmdline");
                    if (line.Split('\0') is [var program, ..] words && Path.GetFileName(program).StartsWith("devoxx-", StringComparison.Ordinal)
                        && words.Contains(verb) && (line.Contains(Directory) || File.ReadAllText(directory + "/environ").Contains(Directory)))
                    {
                        found.Add(pid);
                    }
                }
                catch (IOException)
                {
                    // gone
                }
            }
        }

        return found;
    }

    public void Dispose()
    {
        StopSupervisor();
        SafeTree.Delete(Directory);
        SafeTree.Delete("/run/devoxx-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..12]);
    }

    // An image of the two measuring programs.
    private void Import()
    {
        var tar = $"{Directory}/bench.tar";
        Timed.Must(["tar", "-C", $"{Clone}/out/bench", "-cf", tar, "stamp", "lines"]);
        Devoxx.Run("image", "import", tar, "devoxx-bench:1");
        if (Docker is not null)
        {
            Timed.Must(["docker", "import", tar, "devoxx-bench:1"]);
            Timed.Must(["docker", "load", "-i", $"{Clone}/out/busybox-1.36.tar"]);
        }
    }
}
