using System.Globalization;
using System.Text.Json;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Volumes;
using Xunit;

namespace Devoxx.Scenarios.Recovery;

/// <summary>
/// Whether a state root has on this machine what its journal says, all of it and nothing else: processes, namespaces,
/// cgroups with their limits, mounts, interfaces, addresses, the firewall, directories, locks.
/// </summary>
public static partial class KernelComparison
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Waits until the supervisor says that it has settled; then both are equal, at once, or it fails with the differences. What only comes with
    /// time (a back-off, a command that ends) is waited for.
    /// </summary>
    /// <param name="awaited">What has to be so besides; null: nothing.</param>
    public static async Task AssertEqual(Sandbox sandbox, JournalModel journal, string when, Func<string?>? awaited = null)
    {
        using var inotify = new Inotify();
        using var reactor = new Reactor();
        inotify.Watch(sandbox.Root, InotifyMask.Attributes | InotifyMask.Modify | InotifyMask.Create | InotifyMask.Delete);
        IReadOnlyList<string> differences = [];
        for (var deadline = DateTime.UtcNow + Patience; ;)
        {
            await Settle();
            var settled = journal.Update().Newest;
            var restless = Restless(journal).Concat(Hooked(journal)).Concat(awaited?.Invoke() is { } not ? [not] : []).ToList();
            differences = Differences(sandbox, journal);
            if (differences.Count == 0 && restless.Count == 0)
            {
                return;
            }

            // Something may have ended by itself since it settled, whereupon what was read first is of before, and the rest of after that: then
            // the journal has gone on by the time that all has settled again.
            if (differences.Count > 0 && await StillDiffers(settled))
            {
                Assert.Fail($"{when}: it has settled, and the kernel and the journal differ:\n{string.Join('\n', differences)}\n{Log(sandbox)}");
            }

            if (DateTime.UtcNow > deadline)
            {
                Assert.Fail($"{when}: does not come to rest:\n{string.Join('\n', restless.Concat(differences))}\n{Log(sandbox)}");
            }

            using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            try
            {
                await reactor.WhenReadable(inotify, moment.Token);
                inotify.Read();
            }
            catch (OperationCanceledException)
            {
                // Nothing was written meanwhile: the journal's file may have been changed between looking and watching.
            }
        }

        async Task Settle() => (await sandbox.Compose(Patience, "supervisor", "settle", "--timeout", "25")).Succeeded();

        async Task<bool> StillDiffers(long settled)
        {
            await Settle();
            if (journal.Update().Newest != settled || EndedMeanwhile(journal))
            {
                return false;
            }

            differences = Differences(sandbox, journal);
            return differences.Count > 0 && journal.Update().Newest == settled && !EndedMeanwhile(journal);
        }
    }

    /// <summary>A container whose end is in the kernel, and not yet in the journal: its process has ended, or its monitor, which may still wait for who reads its output.</summary>
    private static bool EndedMeanwhile(JournalModel journal) => journal.Containers.Any(c =>
        c.State is { Phase: ContainerPhase.Running, Process: { } p } && !(Lives(p.Pid, p.StartTime) && Lives(p.MonitorPid, p.MonitorStartTime)));

    private static bool Lives(int pid, ulong start)
    {
        using var process = new ProcessIdentity(pid, start, BootId.Current).OpenIfAlive();
        return process is not null;
    }

    /// <summary>What goes on by itself, with time.</summary>
    private static IEnumerable<string> Restless(JournalModel journal) =>
        from container in journal.Containers
        where container.State.Phase is not (ContainerPhase.Running or ContainerPhase.Created or ContainerPhase.Exited)
        select $"{container.State.Spec?.Name} is not at rest: {container.State.Phase}";

    /// <summary>A hook that runs, as long as it likes: the supervisor waits for nothing else of it.</summary>
    private static IEnumerable<string> Hooked(JournalModel journal) =>
        journal.Containers.Where(c => c.State is { Phase: ContainerPhase.Running, Hook: not null }).Select(c => $"a hook of {c.State.Spec!.Name} runs");

    public static IReadOnlyList<string> Differences(Sandbox sandbox, JournalModel journal)
    {
        var differences = new List<string>();
        var running = journal.Containers.Where(c => c.State is { Phase: ContainerPhase.Running, Process: not null }).ToDictionary(c => c.Id, c => c.State);
        var processes = sandbox.Processes();
        Same(differences, "members of projects", journal.Members, journal.Containers.Select(c => c.Id));
        Processes(differences, sandbox, running, processes);
        Namespaces(differences, running, processes);
        Cgroups(differences, sandbox, journal, running);
        Limits(differences, sandbox, running);
        Volumes(differences, sandbox, journal, running, processes);
        Links(differences, sandbox, journal, running);
        Addresses(differences, journal, running);
        Firewall(differences, sandbox, journal);
        Resolver(differences, journal, running, processes);
        Directories(differences, sandbox, journal, running);
        Images(differences, sandbox);
        Locks(differences, sandbox, processes);
        return differences;
    }

    private static void Processes(List<string> differences, Sandbox sandbox, Dictionary<string, ContainerState> running, IReadOnlyList<OwnedProcess> processes)
    {
        Same(differences, "monitors", running.Values.Select(c => c.Process!.MonitorPid.ToString(CultureInfo.InvariantCulture)),
            processes.Where(p => p.Role == "monitor").Select(p => p.Pid.ToString(CultureInfo.InvariantCulture)));
        // Probes of a container that runs come and go, and so do hooks.
        differences.AddRange(processes.Where(p => p.Role is "runtime" or "command" or "foreign" && !running.Any(c => IsExecIn(p, c.Key, hooked: c.Value.Hook is not null)))
            .Select(p => $"a process too many: {p}"));
        var own = new FileInfo("/proc/self/ns/mnt").LinkTarget;
        var namespaces = new HashSet<string>();
        foreach (var (id, state) in running)
        {
            var p = state.Process!;
            foreach (var (pid, start, what) in new[] { (p.Pid, p.StartTime, "first process"), (p.MonitorPid, p.MonitorStartTime, "monitor") })
            {
                // By the boot that the test runs in: what the journal says of it is compared beside.
                using var open = new ProcessIdentity(pid, start, BootId.Current).OpenIfAlive();
                if (open is null)
                {
                    differences.Add($"{state.Spec!.Name}: its {what} {pid} does not live");
                }
            }

            if (p.BootId != (sandbox.BootId ?? BootId.Current))
            {
                differences.Add($"{state.Spec!.Name}: runs in the boot {p.BootId}");
            }

            var mounts = new FileInfo($"/proc/{p.Pid}/ns/mnt").LinkTarget;
            if (mounts is null || mounts == own || !namespaces.Add(mounts))
            {
                differences.Add($"{state.Spec!.Name}: no mount namespace of its own: {mounts}");
            }

            if (!sandbox.ProcessesOf(id).Contains(p.Pid))
            {
                differences.Add($"{state.Spec!.Name}: its first process {p.Pid} is not in its cgroup");
            }
        }

        differences.AddRange(
            from process in processes
            where process.Role == "container"
            let cgroup = Read($"/proc/{process.Pid}/cgroup")
            where cgroup is not null && !running.Keys.Any(id => cgroup.Contains(id, StringComparison.Ordinal))
            select $"a process of no running container: {process}");
    }

    private static bool IsExecIn(OwnedProcess process, string container, bool hooked) =>
        process.CommandLine.Contains(container, StringComparison.Ordinal) && process.CommandLine.Contains(" exec ", StringComparison.Ordinal)
        && (hooked || (process.CommandLine.Contains(" --timeout ", StringComparison.Ordinal) && !process.CommandLine.Contains(" --exit-file ", StringComparison.Ordinal)));

    private static void Cgroups(List<string> differences, Sandbox sandbox, JournalModel journal, Dictionary<string, ContainerState> running)
    {
        var host = CgroupHost.Detect();
        Same(differences, "cgroups", running.Keys, Cgroup.Children(host, sandbox.CgroupParent));
        Same(differences, "cgroups that the journal says are there", running.Keys,
            journal.Cgroups.Where(c => c.State.Phase != CgroupPhase.Absent).Select(c => $"{c.Id}{(c.State.Phase == CgroupPhase.Present ? "" : $" ({c.State.Phase})")}"));
    }

    private static void Volumes(List<string> differences, Sandbox sandbox, JournalModel journal, Dictionary<string, ContainerState> running, IReadOnlyList<OwnedProcess> processes)
    {
        foreach (var (name, volume) in journal.Volumes)
        {
            var users = running.Where(c => c.Value.Spec!.Mounts.Any(m => m.Source == name)).Select(c => c.Key).ToList();
            Same(differences, $"users of volume {name}", users, volume.Attached);
            var isMounted = volume is { Spec.Kind: VolumeKind.Typed } && users.Count > 0;
            if (volume.Phase != (isMounted ? VolumePhase.Mounted : VolumePhase.Ready))
            {
                differences.Add($"volume {name} is {volume.Phase} with {users.Count} users");
            }
        }

        Same(differences, "mounts",
            journal.Volumes.Where(v => v.State.Phase == VolumePhase.Mounted).Select(v => v.State.Spec!.Path),
            TableOf(processes).Where(m => sandbox.Owns(m.MountPoint)).Select(m => m.MountPoint));
    }

    /// <summary>The mounts where the supervisor makes them: in the host's namespace, or that of the boot it believes in.</summary>
    private static IEnumerable<MountEntry> TableOf(IReadOnlyList<OwnedProcess> processes) =>
        processes.FirstOrDefault(p => p.Role == "supervisor") is { } supervisor ? MountTable.Read($"/proc/{supervisor.Pid}/mountinfo") : MountTable.Read();

    private static void Directories(List<string> differences, Sandbox sandbox, JournalModel journal, Dictionary<string, ContainerState> running)
    {
        Same(differences, "directories of containers", journal.Roots.Select(r => r.Id), Names(sandbox.Root + "/containers"));
        differences.AddRange(journal.Roots.Where(r => r.State.Phase != VolumePhase.Ready).Select(r => $"directories of {r.Id} are {r.State.Phase}"));
        Same(differences, "directories of the runtime", running.Keys, Names(sandbox.RunDirectory + "/containers"));
        foreach (var runtime in Names(sandbox.RunDirectory + "/runtimes"))
        {
            Same(differences, $"directories of {runtime}", running.Where(c => c.Value.Spec!.Runtime == runtime).Select(c => c.Key), Names($"{sandbox.RunDirectory}/runtimes/{runtime}"));
        }

        Same(differences, "directories of volumes",
            journal.Volumes.Where(v => v.State.Spec!.Kind != VolumeKind.HostPath).Select(v => v.Name), Names(sandbox.Root + "/volumes"));
        var temporary =
            from parent in new[] { sandbox.Root, sandbox.RunDirectory }
            where Directory.Exists(parent)
            from file in Directory.EnumerateFileSystemEntries(parent, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, AttributesToSkip = 0 })
            where file.EndsWith(".tmp", StringComparison.Ordinal) || file.EndsWith(".filling", StringComparison.Ordinal)
                || (file.EndsWith("/exit.json.next", StringComparison.Ordinal) && !running.Keys.Any(id => file.Contains(id, StringComparison.Ordinal)))
            select $"a temporary file is left: {file}";
        differences.AddRange(temporary);
    }

    /// <summary>What the store's index names is there, and nothing else.</summary>
    private static void Images(List<string> differences, Sandbox sandbox)
    {
        var images = sandbox.Root + "/images";
        if (Read(images + "/index.json") is not { } text)
        {
            return;
        }

        using var index = JsonDocument.Parse(text);
        var root = index.RootElement;
        Same(differences, "layers", root.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("number").ToString()), Names(images + "/l"));
        differences.AddRange(root.GetProperty("removing").EnumerateArray().Select(layer => $"layer {layer} is yet to be removed"));
        differences.AddRange(Names(images + "/work").Select(work => $"work of nobody in the image store: {work}"));
        differences.AddRange(root.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("id").GetString()!.Split(':')[1])
            .Where(digest => !File.Exists($"{images}/blobs/sha256/{digest}")).Select(digest => $"the image store has lost {digest}"));
    }

    private static void Locks(List<string> differences, Sandbox sandbox, IReadOnlyList<OwnedProcess> processes)
    {
        // What /proc/locks tells is no snapshot: it is read a page at a time, and on a busy machine entries come and go between two.
        const int MostReadings = 5;
        for (var reading = 1; ; reading++)
        {
            var found = new List<string>();
            LocksRead(found, sandbox, processes);
            if (found.Count == 0 || reading == MostReadings)
            {
                differences.AddRange(found);
                return;
            }
        }
    }

    private static void LocksRead(List<string> differences, Sandbox sandbox, IReadOnlyList<OwnedProcess> processes)
    {
        var held = File.ReadLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(line => line.Contains("FLOCK"))
            .Select(line => (Pid: line[4], Inode: line[5].Split(':')[^1])).ToList();
        var supervisors = processes.Where(p => p.Role == "supervisor").Select(p => p.Pid.ToString(CultureInfo.InvariantCulture)).ToList();
        Same(differences, "holders of the supervisor's lock", supervisors, Holders("supervisor.lock"));
        Same(differences, "holders of the lock of those who start one", [], Holders("spawn.lock"));

        IEnumerable<string> Holders(string name)
        {
            var path = $"{sandbox.RunDirectory}/{name}";
            if (!File.Exists(path))
            {
                return [];
            }

            // Not by .NET, which locks what it opens.
            using var file = AppendFile.Open(path);
            var inode = FileStatus.Of(file).Inode.ToString(CultureInfo.InvariantCulture);
            return held.Where(each => each.Inode == inode).Select(each => each.Pid).ToList();
        }
    }

    private static void Same(List<string> differences, string what, IEnumerable<string> journal, IEnumerable<string> kernel)
    {
        var (said, there) = (journal.ToHashSet(StringComparer.Ordinal), kernel.ToHashSet(StringComparer.Ordinal));
        differences.AddRange(said.Except(there).Select(each => $"{what}: missing {each}"));
        differences.AddRange(there.Except(said).Select(each => $"{what}: left over {each}"));
    }

    private static IEnumerable<string> Names(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)) : [];

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Log(Sandbox sandbox) => Read(sandbox.RunDirectory + "/supervisor.log") is { } log ? "--- supervisor.log\n" + log[Math.Max(0, log.Length - 4000)..] : "";
}
