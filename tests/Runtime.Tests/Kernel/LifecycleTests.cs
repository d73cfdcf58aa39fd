using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The verbs of the OCI command line; as root.</summary>
public sealed class LifecycleTests : IDisposable
{
    private readonly Bundle _bundle = new();

    [Fact]
    public void Create_start_kill_delete()
    {
        _bundle.Write(_bundle.Shell("echo started >/tmp/started; sleep 1000"));
        _bundle.Detached("create", "--bundle", _bundle.Path, "--pid-file", _bundle.Path + "/pid", _bundle.Id).Succeeded();
        Assert.Equal("created", State("status"));
        Assert.Equal(File.ReadAllText(_bundle.Path + "/pid"), State("pid"));
        var started = $"/proc/{State("pid")}/root/tmp/started";
        Assert.False(File.Exists(started));
        _bundle.Runtime("start", _bundle.Id).Succeeded();
        Assert.Equal("running", State("status"));
        Eventually.True(() => File.Exists(started), "the command runs");
        Assert.Equal(["cannot start an already running container"], Errors("start", _bundle.Id));
        Assert.Equal([$"cannot delete container {_bundle.Id} that is not stopped: running"], Errors("delete", _bundle.Id));
        Assert.Equal([$"container with id exists: {_bundle.Id}"], Errors("create", "--bundle", _bundle.Path, _bundle.Id));
        _bundle.Runtime("kill", _bundle.Id, "KILL").Succeeded();
        Eventually.True(() => State("status") == "stopped", "the container stopped");
        Assert.Equal(["container not running"], Errors("kill", _bundle.Id, "TERM"));
        _bundle.Runtime("delete", _bundle.Id).Succeeded();
        Assert.Equal([$"container {_bundle.Id} does not exist"], Errors("state", _bundle.Id));
        Assert.Empty(_bundle.CgroupDirectories());
        Assert.Empty(Directory.GetFileSystemEntries(_bundle.Root));
    }

    [Fact]
    public void Run_passes_output_and_exit_code_and_leaves_nothing()
    {
        _bundle.Write(_bundle.Shell("cat; echo err >&2; exit 7"));
        var run = Command.RunWithInput("in\n", Published.Executable, "--root", _bundle.Root, "run", "--bundle", _bundle.Path, _bundle.Id);
        Assert.Equal((7, "in\n", "err\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(Directory.GetFileSystemEntries(_bundle.Root));
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Fact]
    public void An_ordinary_user_can_be_started_too()
    {
        var spec = _bundle.Shell("id -u; cat /proc/self/oom_score_adj").WithProcess(p => p with
        {
            User = new User { Uid = 1000, Gid = 1000 }, Capabilities = new LinuxCapabilities { Bounding = [] }, NoNewPrivileges = true, OomScoreAdj = 5,
        });
        _bundle.Write(spec);
        Assert.Equal(["1000", "5"], _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Lines);
    }

    [Fact]
    public void Run_with_a_terminal()
    {
        _bundle.Write(_bundle.Shell("tty; stat -c %t /dev/console; stty size; exit 3").WithProcess(p => p with { Terminal = true }));
        var (code, output) = Terminal.Run($"{Published.Executable} --root {_bundle.Root} run --bundle {_bundle.Path} {_bundle.Id}");
        Assert.Equal(3, code);
        Assert.Contains("/dev/pts/0", output);
        Assert.Contains("33 77", output);
    }

    [Fact]
    public void A_command_that_does_not_exist_leaves_nothing()
    {
        _bundle.Write(_bundle.Spec("nope"));
        var run = _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("executable file not found", run.Error);
        _bundle.Runtime("delete", "--force", _bundle.Id).Succeeded();
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Fact]
    public void Deleting_by_force_kills_and_is_no_error_twice()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        _bundle.Runtime("delete", "--force", _bundle.Id).Succeeded();
        _bundle.Runtime("delete", "--force", _bundle.Id).Succeeded();
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Fact]
    public void Limits_of_the_configuration_are_in_force_and_can_be_updated()
    {
        var resources = new LinuxResources { Memory = new MemoryResources { Limit = 64 << 20 }, Pids = new PidsResources(20) };
        _bundle.Write(_bundle.Spec("sleep", "1000").WithLinux(l => l with { Resources = resources }));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal("67108864", CgroupFile("memory.limit_in_bytes", "memory.max"));
        Assert.Equal("20", CgroupFile("pids.max", "pids.max"));
        File.WriteAllText(_bundle.Path + "/resources", """{"memory":{"limit":134217728}}""");
        _bundle.Runtime("update", "--resources", _bundle.Path + "/resources", _bundle.Id).Succeeded();
        _bundle.Runtime("update", "--pids-limit", "30", _bundle.Id).Succeeded();
        Assert.Equal("134217728", CgroupFile("memory.limit_in_bytes", "memory.max"));
        Assert.Equal("30", CgroupFile("pids.max", "pids.max"));
    }

    [Fact]
    public void Devices_that_are_denied_cannot_be_opened()
    {
        var rules = new LinuxResources { Devices = [new DeviceRule(false, Access: "rwm")] };
        _bundle.Write(_bundle.Shell("mknod /tmp/kmsg c 1 11; head -c1 /tmp/kmsg 2>&1 | tail -n1; echo x >/dev/null && echo null")
            .WithLinux(l => l with { Resources = rules }));
        var run = _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Contains("Operation not permitted", run.Output);
        Assert.EndsWith("null\n", run.Output);
    }

    [Fact]
    public void Pauses_and_resumes()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        _bundle.Runtime("pause", _bundle.Id).Succeeded();
        Assert.Equal("paused", State("status"));
        Assert.Equal((255, "devoxx-runtime: cannot exec in a paused container (use --ignore-paused to override)\n"), Failed("exec", _bundle.Id, "true"));
        _bundle.Runtime("resume", _bundle.Id).Succeeded();
        Assert.Equal("running", State("status"));
        Assert.Equal(["container not paused"], Errors("resume", _bundle.Id));
    }

    [Fact]
    public void Lists_containers_and_processes()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal(_bundle.Id + "\n", _bundle.Runtime("list", "--quiet").Output);
        var listed = JsonDocument.Parse(_bundle.Runtime("list", "--format", "json").Output).RootElement[0];
        Assert.Equal(State("pid"), listed.GetProperty("pid").ToString());
        Assert.Equal($"[{State("pid")}]\n", _bundle.Runtime("ps", "--format", "json", _bundle.Id).Output);
    }

    [Fact]
    public void A_created_container_can_be_deleted_without_having_run()
    {
        _bundle.Write(_bundle.Spec("sleep", "1000"));
        _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        _bundle.Runtime("delete", _bundle.Id).Succeeded();
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Fact]
    public void Errors_are_in_the_log_of_the_engine()
    {
        var log = _bundle.Path + "/engine.log";
        Assert.Equal(1, Command.Run(Published.Executable, "--log", log, "--log-format", "json", "--root", _bundle.Root, "state", "none").ExitCode);
        var line = JsonDocument.Parse(File.ReadAllText(log)).RootElement;
        Assert.Equal(("error", "container none does not exist"), (line.GetProperty("level").GetString(), line.GetProperty("msg").GetString()));
    }

    [Fact]
    public void Preserved_descriptors_are_inherited_and_no_others()
    {
        _bundle.Write(_bundle.Shell("cat <&3; ls /proc/self/fd | wc -l"));
        var run = Command.Run(
            "sh", "-c", "exec 3</etc/hostname 4</etc; exec \"$0\" --root \"$1\" run --preserve-fds 1 --bundle \"$2\" \"$3\"",
            Published.Executable, _bundle.Root, _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal([.. File.ReadAllLines("/etc/hostname"), "5"], run.Lines);
    }

    [Fact]
    public void A_specification_to_start_from_makes_a_container()
    {
        _bundle.Runtime("spec", "--bundle", _bundle.Path).Succeeded();
        var spec = RuntimeSpecReader.ReadSpec(File.ReadAllBytes(_bundle.Path + "/config.json"));
        _bundle.Write(spec.WithProcess(p => p with { Terminal = false, Args = ["true"] }) with { Root = new Root(Published.Rootfs, Readonly: true) });
        _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Contains("config.json exists", _bundle.Runtime("spec", "--bundle", _bundle.Path).Error);
    }

    public void Dispose() => _bundle.Dispose();

    private string State(string field) =>
        JsonDocument.Parse(_bundle.Runtime("state", _bundle.Id).Succeeded().Output).RootElement.GetProperty(field).ToString();

    private string[] Errors(params string[] arguments)
    {
        var run = _bundle.Runtime(arguments);
        Assert.Equal(1, run.ExitCode);
        return [.. run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line["devoxx-runtime: ".Length..])];
    }

    private (int, string) Failed(params string[] arguments) => _bundle.Runtime(arguments) is var run ? (run.ExitCode, run.Error) : default;

    private string CgroupFile(string v1, string v2) =>
        File.ReadAllText(_bundle.CgroupDirectories().SelectMany(directory => new[] { $"{directory}/{v1}", $"{directory}/{v2}" }).First(File.Exists)).Trim();
}
