using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Devoxx.Native.Netlink;
using Devoxx.Native.Processes;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>
/// One scenario's world: a state root of its own, in a directory of its own, with the image busybox:1.36 in its store. Whatever is left at the
/// end is killed, unmounted and deleted, but a scenario asserts with <see cref="AssertNothingLeft"/> that there is nothing.
/// </summary>
public sealed class Sandbox : IAsyncDisposable
{
    private readonly List<IDisposable> running = [];
    private readonly HostSnapshot before;

    private Sandbox()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("devoxx-scenario-").FullName;
        Root = Directory + "/state";
        var name = "devoxx-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..12];
        Name = name;
        LinkPrefix = "dx" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..5];
        RunDirectory = "/run/" + name;
        CgroupParent = "/" + name;
        before = HostSnapshot.Take(this);
    }

    /// <summary>Where commands run and stack files are.</summary>
    public string Directory { get; }

    /// <summary><c>DEVOXX_ROOT</c>.</summary>
    public string Root { get; }

    /// <summary>What the state root's tables of the firewall are called.</summary>
    public string Name { get; }

    /// <summary>What the names of its network interfaces begin with.</summary>
    public string LinkPrefix { get; }

    public string RunDirectory { get; }

    public string CgroupParent { get; }

    /// <summary>Added to the environment of the commands that are started from here on.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <param name="first">Done before the first command is started.</param>
    public static async Task<Sandbox> Create(Action<Sandbox>? first = null)
    {
        var sandbox = new Sandbox();
        first?.Invoke(sandbox);
        (await sandbox.Compose("image", "load", "-i", Executables.BusyboxArchive)).Succeeded();
        return sandbox;
    }

    /// <summary>Writes a file into the directory, <c>compose.yaml</c> unless named.</summary>
    public string Write(string text, string name = "compose.yaml")
    {
        var path = Path.Join(Directory, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs <c>devoxx-compose</c> to its end.</summary>
    public async Task<Outcome> Compose(params string[] arguments)
    {
        using var command = Begin(arguments);
        return await command.Ended();
    }

    /// <summary>As <see cref="Compose(string[])"/>; a command that takes longer fails the scenario.</summary>
    public async Task<Outcome> Compose(TimeSpan within, params string[] arguments)
    {
        using var command = Begin(arguments);
        return await command.Ended(within);
    }

    /// <summary>Starts <c>devoxx-compose</c> and lets it run; it ends with the scenario at the latest.</summary>
    public RunningCommand Start(params string[] arguments)
    {
        var command = Begin(arguments);
        running.Add(command);
        return command;
    }

    /// <summary>Starts another program in the directory and with the environment that commands have.</summary>
    public RunningCommand StartProgram(string program, params string[] arguments) => new(Environs(new ProcessStartInfo(program, arguments)));

    /// <summary>A program under a terminal of its own, by script(1).</summary>
    public RunningCommand StartOnTerminal(params string[] arguments)
    {
        var quoted = string.Join(' ', arguments.Prepend(Executables.Compose).Select(word => "'" + word.Replace("'", "'\\''") + "'"));
        var command = new RunningCommand(Environs(new ProcessStartInfo("script", ["-qec", quoted, "/dev/null"])));
        running.Add(command);
        return command;
    }

    public EventStream Events()
    {
        var stream = new EventStream(Begin(["events", "-a", "--follow", "--json"]));
        running.Add(stream);
        return stream;
    }

    /// <summary>The whole history, as <c>events --json</c> prints it.</summary>
    public async Task<IReadOnlyList<JournalEvent>> History(params string[] options) =>
        [.. (await Compose(["events", "-a", "--json", .. options])).Succeeded().Json.Select(json => new JournalEvent(json))];

    /// <summary>The containers as <c>ps -a --format json</c> has them, by service.</summary>
    public async Task<ILookup<string, JsonElement>> Containers(params string[] global) =>
        (await Compose([.. global, "ps", "-a", "--format", "json"])).Succeeded().Json.ToLookup(container => container.GetProperty("Service").GetString()!);

    /// <summary>Id of a service's only container.</summary>
    public async Task<string> Id(string service, params string[] global) =>
        Assert.Single((await Containers(global))[service]).GetProperty("ID").GetString()!;

    /// <summary>The text of a file of a container's cgroup, in whichever hierarchy has it.</summary>
    public string CgroupFile(string containerId, params ReadOnlySpan<string> names)
    {
        var cgroup = Cgroup.OpenExisting(CgroupHost.Detect(), $"{CgroupParent}/{FullId(containerId)}")
            ?? throw new InvalidOperationException($"no cgroup of container {containerId}");
        foreach (var name in names)
        {
            if (cgroup.Directories.Select(directory => $"{directory}/{name}").FirstOrDefault(File.Exists) is { } file)
            {
                return File.ReadAllText(file).Trim();
            }
        }

        throw new InvalidOperationException($"none of {string.Join(", ", names.ToArray())} in {string.Join(", ", cgroup.Directories)}");
    }

    /// <summary>The processes in a container's cgroup.</summary>
    public IReadOnlyCollection<int> ProcessesOf(string containerId) =>
        Cgroup.OpenExisting(CgroupHost.Detect(), $"{CgroupParent}/{FullId(containerId)}")?.Processes() ?? [];

    /// <summary>A container's full id, of which commands may print the beginning.</summary>
    public string FullId(string id) =>
        id.Length == 64 ? id : Path.GetFileName(Assert.Single(System.IO.Directory.GetDirectories(Root + "/containers", id + "*")));

    /// <summary>Whether a path, or an option with paths in it, is of this sandbox.</summary>
    public bool Owns(string text) => text.Contains(Directory, StringComparison.Ordinal) || text.Contains(RunDirectory, StringComparison.Ordinal);

    /// <summary>The processes of this sandbox: its supervisor, monitors and commands by their arguments and environment, containers by their cgroup.</summary>
    public IReadOnlyList<OwnedProcess> Processes() =>
        [.. System.IO.Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => Process(int.Parse(name!))).OfType<OwnedProcess>()];

    /// <summary>The network interfaces of this sandbox.</summary>
    public IReadOnlyList<string> Links() =>
        [.. System.IO.Directory.EnumerateFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path)!).Where(link => link.StartsWith(LinkPrefix, StringComparison.Ordinal))];

    /// <summary>
    /// Starts a supervisor as systemd would, in place of the one that runs; returns when it has said that it is ready. The <see cref="Variables"/> are its
    /// too, which one that a command starts on demand is kept from.
    /// </summary>
    public async Task<RunningCommand> StartSupervisor(int idleTimeout)
    {
        await Kill(Processes().Where(process => process.Role == "supervisor"));
        File.Delete(Directory + "/notify");
        using var notices = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notices.Bind(new UnixDomainSocketEndPoint(Directory + "/notify"));
        Variables["NOTIFY_SOCKET"] = Directory + "/notify";
        var service = Start("supervisor", "--root", Root, "--idle-timeout", idleTimeout.ToString(CultureInfo.InvariantCulture));
        Variables.Remove("NOTIFY_SOCKET");
        var notice = new byte[64];
        var length = await notices.ReceiveAsync(notice).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("READY=1", Encoding.ASCII.GetString(notice, 0, length));
        return service;
    }

    public OwnedProcess Supervisor() => Assert.Single(Processes(), process => process.Role == "supervisor");

    /// <summary>SIGKILL, and waits until they are gone.</summary>
    public static async Task Kill(IEnumerable<OwnedProcess> processes)
    {
        using var reactor = new Reactor();
        var open = processes.Select(process => PidFd.TryOpen(process.Pid)).OfType<PidFd>().ToList();
        open.ForEach(process => process.SendSignal(9));
        foreach (var process in open)
        {
            await reactor.WhenReadable(process).WaitAsync(TimeSpan.FromSeconds(10));
            process.Dispose();
        }
    }

    /// <summary>Stops everything of the given stacks, data too, and fails if anything is left on the machine.</summary>
    public async Task AssertNothingLeft(params string[] files)
    {
        foreach (var file in files.DefaultIfEmpty("compose.yaml"))
        {
            (await Compose("-f", file, "down", "-v", "-t", "1")).Succeeded();
        }

        await AssertNothingRemains();
    }

    /// <summary>As <see cref="AssertNothingLeft"/>, of stacks that are down already or never came up.</summary>
    public async Task AssertNothingRemains()
    {
        running.ForEach(command => command.Dispose());
        running.Clear();
        await Kill(Processes().Where(process => process.Role == "supervisor"));
        await ResolversEnd();
        HostSnapshot.Take(this).AssertSameAs(before);
    }

    /// <summary>A resolver that nobody needs any more has been told so, and may be on its way out; one that stays is found by who compares.</summary>
    private async Task ResolversEnd()
    {
        using var reactor = new Reactor();
        foreach (var process in Processes().Where(process => process.Role == "resolver").Select(process => PidFd.TryOpen(process.Pid)).OfType<PidFd>())
        {
            using (process)
            {
                await Task.WhenAny(reactor.WhenReadable(process), Task.Delay(TimeSpan.FromSeconds(5)));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        running.ForEach(command => command.Dispose());
        await Kill(Processes().Where(process => process.Role != "container"));
        var host = CgroupHost.Detect();
        foreach (var name in Cgroup.Children(host, CgroupParent))
        {
            var cgroup = Cgroup.OpenExisting(host, $"{CgroupParent}/{name}");
            cgroup?.Kill();
            cgroup?.Remove();
        }

        Cgroup.OpenExisting(host, CgroupParent)?.Remove();
        Cgroup.RemoveUnused(host, CgroupParent);
        foreach (var mount in MountTable.Read().Reverse().Where(mount => Owns(mount.MountPoint)))
        {
            Mount.Unmount(mount.MountPoint, UnmountFlags.Detach);
        }

        foreach (var link in Links())
        {
            using var route = NetlinkSocket.OpenRoute();
            Devoxx.Native.Netlink.Links.Delete(route, link);
        }

        foreach (var table in Witness.Of("nft", "list", "tables").Where(table => table.EndsWith(" " + Name, StringComparison.Ordinal)))
        {
            Witness.Of("nft", ["delete", .. table.Split(' ')]);
        }

        File.Delete($"/run/devoxx-forwarding/holder-{Name}");
        SafeTree.Delete(Directory);
        SafeTree.Delete(RunDirectory);
    }

    /// <summary>
    /// Lets commands, and the supervisors they start, see another boot of the machine: in a mount namespace of its own, which goes with its
    /// last process as mounts go with a machine, lies another <c>boot_id</c>. Null is the machine's own.
    /// </summary>
    public string? BootId
    {
        get;
        set
        {
            field = value;
            Prelude = value is null ? null : $"mount --bind {Write(value + "\n", "boot_id-" + value)} /proc/sys/kernel/random/boot_id";
        }
    }

    /// <summary>What a shell does in a mount namespace of its own before it becomes the command; null: there is no shell.</summary>
    public string? Prelude { get; set; }

    private RunningCommand Begin(string[] arguments) => new(Environs(Prelude is null
        ? new ProcessStartInfo(Executables.Compose, arguments)
        : new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "sh", "-ec", Prelude + "\nexec \"$0\" \"$@\"", Executables.Compose, .. arguments])));

    private ProcessStartInfo Environs(ProcessStartInfo start)
    {
        start.WorkingDirectory = Directory;
        start.Environment["DEVOXX_ROOT"] = Root;
        start.Environment["TZ"] = "UTC";
        start.Environment.Remove("COMPOSE_FILE");
        start.Environment.Remove("COMPOSE_PROJECT_NAME");
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static bool IsChildOfSame(int pid, string[] arguments) =>
        ProcessStat.Of(pid) is { ParentPid: var parent } && File.ReadAllText($"/proc/{parent}/cmdline").TrimEnd('\0').Split('\0').SequenceEqual(arguments);

    private OwnedProcess? Process(int pid)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0');
            var line = string.Join(' ', arguments);
            if (line.Length == 0)
            {
                return null; // a kernel thread, or a process that has ended and waits to be reaped
            }

            // First: the init of a container is a child of its monitor that has its arguments still.
            if (File.ReadAllText($"/proc/{pid}/cgroup").Contains(CgroupParent + "/", StringComparison.Ordinal))
            {
                return new OwnedProcess(pid, "container", line);
            }

            if (Path.GetFileName(arguments[0]) is "runc" or "crun")
            {
                return Owns(line) ? new OwnedProcess(pid, "foreign", line) : null;
            }

            if (!Path.GetFileName(arguments[0]).StartsWith("devoxx-", StringComparison.Ordinal)
                || !(Owns(line) || Owns(File.ReadAllText($"/proc/{pid}/environ"))))
            {
                return null;
            }

            var role = arguments.Contains("supervisor") ? "supervisor"
                : arguments.Contains("monitor") ? "monitor"
                : arguments.Contains("resolver") ? "resolver"
                : arguments[0].EndsWith("devoxx-runtime", StringComparison.Ordinal) ? "runtime" : "command";
            // A child of the supervisor's has its arguments until it has become what it is to be.
            return new OwnedProcess(pid, role == "supervisor" && IsChildOfSame(pid, arguments) ? "newborn" : role, line);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // gone meanwhile
        }
    }
}
