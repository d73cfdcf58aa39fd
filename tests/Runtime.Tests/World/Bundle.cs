using System.Text.Json;
using Devoxx.Native.Files;
using Devoxx.Oci;

namespace Devoxx.Runtime.Tests.World;

/// <summary>A bundle of a test, with all that is made for it; nothing is left when it is disposed.</summary>
public sealed class Bundle : IDisposable
{
    private readonly List<Monitored> _runs = [];

    public Bundle()
    {
        Directory.CreateDirectory(Path);
        foreach (var name in (string[])["rootfs", "upper", "work", "data"])
        {
            Directory.CreateDirectory($"{Path}/{name}");
        }
    }

    public string Id { get; } = "rt" + Guid.NewGuid().ToString("n")[..12];

    public string Path => System.IO.Path.Join(Published.Scratch, Id);

    /// <summary>The runtime's <c>--root</c>.</summary>
    public string Root => Path + "/state";

    public string StateDirectory => $"{Root}/{Id}";

    /// <summary>A host directory for mounts.</summary>
    public string Data => Path + "/data";

    /// <summary>What the container writes into its root.</summary>
    public string Upper => Path + "/upper";

    public RuntimeSpec Spec(params string[] args) => Specs.Default(Path, Id, args);

    public RuntimeSpec Shell(string script) => Spec("sh", "-c", script);

    /// <summary>A root filesystem of its own in the bundle, in place of the overlay.</summary>
    public void CopyRootfs() => Command.Run("cp", "-a", Published.Rootfs + "/.", Path + "/rootfs").Succeeded();

    /// <summary>The host's id of the root that <see cref="InUserNamespace"/> gives a container.</summary>
    public const uint MappedBase = 200_000;

    /// <summary>The same in a new user namespace, with a root filesystem that belongs to its root.</summary>
    public RuntimeSpec InUserNamespace(RuntimeSpec spec)
    {
        CopyRootfs();
        Command.Run("chown", "-R", $"{MappedBase}:{MappedBase}", Path + "/rootfs").Succeeded();
        IdMapping[] map = [new IdMapping { HostId = MappedBase, Size = 65536 }];
        return spec.WithLinux(l => l with { Namespaces = [.. l.Namespaces!, new Namespace("user")], UidMappings = map, GidMappings = map }) with { Mounts = [.. spec.Mounts!.Skip(1)] };
    }

    public void Write(RuntimeSpec spec) =>
        File.WriteAllBytes(Path + "/config.json", JsonSerializer.SerializeToUtf8Bytes(spec, OciJson.Default.RuntimeSpec));

    /// <summary>Starts a monitor and returns when it has said on its status descriptor what came of it.</summary>
    public Monitored Start(RuntimeSpec spec, params string[] options)
    {
        Write(spec);
        var run = Monitored.Start(this, options);
        _runs.Add(run);
        return run;
    }

    /// <summary>Runs a script to its end and returns its standard output, without the log's prefix; its exit code must be 0.</summary>
    public IReadOnlyList<string> Output(string script) => Output(Shell(script));

    public IReadOnlyList<string> Output(RuntimeSpec spec)
    {
        File.Delete(Path + "/log");
        var run = Start(spec);
        Assert.True(run.Error is null, run.Error);
        var exit = run.Exit();
        Assert.True(exit.ExitCode == 0, $"exit code {exit.ExitCode}: {string.Join('\n', Log.Lines(this))}");
        return Log.Text(this, "stdout");
    }

    /// <summary>The error of a container that cannot be made.</summary>
    public string Refusal(RuntimeSpec spec, params string[] options) =>
        Start(spec, options).Error ?? throw new InvalidOperationException("the container was made");

    /// <summary>The OCI command line on this bundle's root.</summary>
    public Command Runtime(params string[] arguments) => Command.Run(Published.Executable, ["--root", Root, .. arguments]);

    /// <summary>The same for verbs whose container inherits our descriptors and keeps them open: they are the null device.</summary>
    public Command Detached(params string[] arguments)
    {
        var log = Path + "/runtime.log";
        File.Delete(log);
        using var process = Devoxx.Native.Processes.Spawn.Start(
            Published.Executable, ["devoxx-runtime", "--root", Root, "--log", log, .. arguments], ["PATH=/usr/bin:/bin"]);
        var exit = process.PidFd.Reap().ExitCode;
        return new Command(exit, "", File.Exists(log) ? File.ReadAllText(log) : "");
    }

    public Command Exec(params string[] arguments) => Command.Run(Published.Executable, ["exec", "--shell-exit-codes", "--root", Root, .. arguments]);

    /// <summary>The container's first process.</summary>
    public int Pid => JsonDocument.Parse(Runtime("state", Id).Succeeded().Output).RootElement.GetProperty("pid").GetInt32();

    public IEnumerable<string> CgroupDirectories() =>
        Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(hierarchy => $"{hierarchy}{Specs.CgroupParent}/{Id}").Where(Directory.Exists);

    public void Dispose()
    {
        foreach (var run in _runs)
        {
            run.Dispose();
        }

        Runtime("delete", "--force", Id);
        SafeTree.Delete(Path);
    }
}
