using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Mounts;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Recovery;

/// <summary>A verb of <c>devoxx-runtime</c> as an engine calls it, and what was called before.</summary>
public sealed record CrashedVerb(string Name, string[] Before, params string[] Arguments)
{
    /// <summary>Whether it makes the container: when it fails, nothing of it is there.</summary>
    public bool Makes { get; init; }

    public static IReadOnlyList<CrashedVerb> All { get; } =
    [
        new("create", [], "create", "--bundle", "BUNDLE", "--pid-file", "PID", "one") { Makes = true },
        new("run", [], "run", "--detach", "--bundle", "BUNDLE", "--pid-file", "PID", "one") { Makes = true },
        new("start", ["create"], "start", "one"),
        new("exec", ["create", "start"], "exec", "one", "true"),
        new("exec -d", ["create", "start"], "exec", "--detach", "one", "sleep", "1000000"),
        new("update", ["create", "start"], "update", "--pids-limit", "30", "one"),
        new("pause", ["create", "start"], "pause", "one"),
        new("resume", ["create", "start", "pause"], "resume", "one"),
        new("kill", ["create", "start"], "kill", "one", "KILL"),
        new("kill --all", ["create", "start"], "kill", "--all", "one", "KILL"),
        new("delete", ["create", "start", "kill"], "delete", "one"),
        new("delete of one that was never started", ["create"], "delete", "one"),
        new("delete --force", ["create", "start"], "delete", "--force", "one"),
        new("delete --force of a paused one", ["create", "start", "pause"], "delete", "--force", "one"),
    ];
}

/// <summary>One bundle, whose verbs are crashed again and again.</summary>
public sealed class CrashedRuntime(Sandbox sandbox)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private string Root => sandbox.RunDirectory + "/verbs";

    private string Bundle => sandbox.Directory + "/bundle";

    private string PidFile => sandbox.Directory + "/pid";

    private string Errors => sandbox.Directory + "/errors";

    private string TraceFile => sandbox.Directory + "/trace";

    public void Prepare()
    {
        foreach (var directory in (ReadOnlySpan<string>)["bin", "proc", "dev", "sys", "tmp"])
        {
            Directory.CreateDirectory($"{Bundle}/rootfs/{directory}");
        }

        var busybox = Directory.EnumerateFiles(sandbox.Root + "/images", "busybox", SearchOption.AllDirectories).First();
        File.Copy(busybox, Bundle + "/rootfs/bin/busybox");
        foreach (var name in (ReadOnlySpan<string>)["sh", "sleep", "true"])
        {
            File.CreateSymbolicLink($"{Bundle}/rootfs/bin/{name}", "busybox");
        }

        File.WriteAllText(Bundle + "/config.json", $$$"""
            {
              "ociVersion": "1.2.0",
              "root": {"path": "rootfs"},
              "process": {"user": {"uid": 0, "gid": 0}, "args": ["sleep", "1000000"], "env": ["PATH=/bin"], "cwd": "/"},
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]}
              ],
              "hooks": {"poststart": [{"path": "/bin/true"}], "poststop": [{"path": "/bin/true"}]},
              "linux": {
                "cgroupsPath": "{{{sandbox.CgroupParent}}}/verbs",
                "resources": {"memory": {"limit": 33554432}, "pids": {"limit": 20}},
                "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]
              }
            }
            """);
    }

    /// <summary>Which points the verb comes to, and how often.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Trace(CrashedVerb verb)
    {
        await GoTo(verb);
        (await Call(verb, "")).Succeeded();
        await DeleteAndCompare(verb.Name);
        return !File.Exists(TraceFile) ? new Dictionary<string, int>() : File.ReadLines(TraceFile).GroupBy(line => line).ToDictionary(lines => lines.Key, lines => lines.Count(), StringComparer.Ordinal);
    }

    /// <summary>Crashes the verb there, or lets the call fail; what it leaves goes by <c>delete --force</c>, and its name is free.</summary>
    public async Task CrashAndDelete(CrashedVerb verb, string point, int time, string action)
    {
        await GoTo(verb);
        var outcome = await Call(verb, $"{point}:{time}={action}");
        if (action != "kill" && outcome.ExitCode != 0)
        {
            Assert.True(outcome.Error.Contains(point, StringComparison.Ordinal), $"does not say what has failed: {outcome}");
            if (verb.Makes)
            {
                Compare($"{verb.Name} that has failed");
            }
        }

        await DeleteAndCompare($"{verb.Name} with {point}:{time}={action}");
        (await Runtime("", Named("create").Arguments)).Succeeded();
        await DeleteAndCompare("the next create");
    }

    private static CrashedVerb Named(string name) => CrashedVerb.All.Single(verb => verb.Name == name);

    private async Task GoTo(CrashedVerb verb)
    {
        foreach (var name in verb.Before)
        {
            (await Runtime("", Named(name).Arguments)).Succeeded();
            if (name == "kill")
            {
                using var reactor = new Reactor();
                using var init = PidFd.TryOpen(int.Parse(await File.ReadAllTextAsync(PidFile)));
                await (init is null ? Task.CompletedTask : reactor.WhenReadable(init).WaitAsync(Patience));
            }
        }

        File.Delete(TraceFile);
    }

    private Task<Outcome> Call(CrashedVerb verb, string failpoint) => Runtime(failpoint, verb.Arguments, traced: true);

    private async Task DeleteAndCompare(string when)
    {
        (await Runtime("", ["delete", "--force", "one"])).Succeeded();
        Compare(when);
    }

    private void Compare(string when)
    {
        List<string> left =
        [
            .. Directory.Exists(Root) ? Directory.GetFileSystemEntries(Root) : [],
            .. Cgroup.Children(CgroupHost.Detect(), sandbox.CgroupParent),
            .. sandbox.Processes().Where(process => process.Role is "runtime" or "container").Select(process => process.ToString()),
            .. MountTable.Read().Where(mount => sandbox.Owns(mount.MountPoint)).Select(mount => mount.MountPoint),
        ];
        Assert.True(left.Count == 0, $"{when} leaves {string.Join(", ", left)}");
    }

    // Its standard descriptors become the container's, which lives on: by way of a shell they are files.
    private async Task<Outcome> Runtime(string failpoint, string[] arguments, bool traced = false)
    {
        sandbox.Variables.Clear();
        if (traced)
        {
            sandbox.Variables[Failpoint.TraceVariable] = TraceFile;
            sandbox.Variables[Failpoint.Variable] = failpoint;
        }

        using var command = sandbox.StartProgram(
            "sh",
            ["-c", $"exec \"$0\" \"$@\" </dev/null >/dev/null 2>{Errors}", Executables.Runtime, "--root", Root, .. arguments.Select(a => a switch { "BUNDLE" => Bundle, "PID" => PidFile, _ => a })]);
        sandbox.Variables.Clear();
        var outcome = await command.Ended(Patience);
        return outcome with { Error = await File.ReadAllTextAsync(Errors) };
    }
}
