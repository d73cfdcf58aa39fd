using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>runtime-spec, "POSIX-platform Hooks"; as root.</summary>
public sealed class HookTests : IDisposable
{
    private readonly Bundle _bundle = new();

    private string Trace => _bundle.Data + "/trace";

    [Fact]
    public void All_six_kinds_run_in_order_where_they_belong_and_read_the_state()
    {
        var own = Directory.ResolveLinkTarget("/proc/self/ns/mnt", false)!.Name;
        _bundle.Write(WithHooks(_bundle.Shell("echo command >>/data/trace; sleep 1000"), new Hooks
        {
            Prestart = [Record("prestart", Trace)],
            CreateRuntime = [Record("createRuntime", Trace)],
            CreateContainer = [Record("createContainer", Trace)],
            StartContainer = [Record("startContainer", "/data/trace", "/bin/sh")],
            Poststart = [Record("poststart", Trace)],
            Poststop = [Record("poststop", Trace)],
        }).WithMount("/data", _bundle.Data, "rbind"));
        _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal(["prestart", "createRuntime", "createContainer"], Told().Select(t => t.Kind));
        var pid = _bundle.Pid;
        _bundle.Runtime("start", _bundle.Id).Succeeded();
        Eventually.True(() => Told().Count == 6, "the command runs");
        _bundle.Runtime("delete", "--force", _bundle.Id).Succeeded();
        var told = Told();
        Assert.Equal(["createContainer", "createRuntime", "poststart", "poststop", "prestart", "startContainer"], told.Where(t => t.Kind != "command").Select(t => t.Kind).Order());
        Assert.Equal("startContainer", told[3].Kind);
        Assert.Equal("poststop", told[^1].Kind);
        foreach (var (kind, state, mounts) in told.Where(t => t.Kind != "command"))
        {
            Assert.Equal(_bundle.Id, state!.Value.GetProperty("id").GetString());
            Assert.Equal(_bundle.Path, state.Value.GetProperty("bundle").GetString());
            Assert.Equal(
                kind switch { "poststart" => "running", "poststop" => "stopped", "startContainer" => "created", _ => "creating" },
                state.Value.GetProperty("status").GetString());
            Assert.Equal(kind is not ("createContainer" or "startContainer"), mounts == own);
            if (kind != "poststop")
            {
                Assert.Equal(kind is "createContainer" or "startContainer" ? 1 : pid, state.Value.GetProperty("pid").GetInt32());
            }
        }
    }

    [Theory]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    public void One_that_fails_is_named_and_leaves_no_container(string kind)
    {
        var hook = new Hook("/bin/sh", ["sh", "-c", "exit 3"]);
        _bundle.Write(WithHooks(_bundle.Spec("true"), kind == "createRuntime" ? new Hooks { CreateRuntime = [hook] } : new Hooks { CreateContainer = [hook] }));
        var create = _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id);
        Assert.NotEqual(0, create.ExitCode);
        Assert.Contains($"error running {kind} hook #0: /bin/sh: exit status 3", create.Error);
        Assert.False(Directory.Exists(_bundle.StateDirectory));
        Assert.Empty(_bundle.CgroupDirectories());
    }

    [Theory]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    public void One_that_takes_too_long_is_killed(string kind)
    {
        var hook = new Hook("/bin/sleep", ["sleep", "1000"], Timeout: 1);
        _bundle.Write(WithHooks(_bundle.Spec("true"), kind == "createRuntime" ? new Hooks { CreateRuntime = [hook] } : new Hooks { CreateContainer = [hook] }));
        var create = _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id);
        Assert.NotEqual(0, create.ExitCode);
        Assert.Contains("killed when its timeout had passed", create.Error);
    }

    [Fact]
    public void A_hook_that_makes_a_container_finds_its_root_in_its_working_directory()
    {
        _bundle.Write(WithHooks(_bundle.Shell("cat /made"), new Hooks { CreateContainer = [new Hook("/bin/sh") { Args = ["sh", "-c", "echo by the hook >./made"] }] }));
        Assert.Equal("by the hook\n", _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded().Output);
    }

    [Fact]
    public void One_that_is_not_there_is_named()
    {
        _bundle.Write(WithHooks(_bundle.Spec("true"), new Hooks { CreateContainer = [new Hook("/no/such/hook")] }));
        Assert.Contains("/no/such/hook: no such file or directory", _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id).Error);
    }

    [Fact]
    public void A_poststop_that_fails_keeps_no_container_and_no_other_hook()
    {
        _bundle.Write(WithHooks(_bundle.Spec("true"), new Hooks { Poststop = [new Hook("/bin/false"), Record("poststop", Trace)] }));
        _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal(["poststop"], Told().Select(t => t.Kind));
        Assert.False(Directory.Exists(_bundle.StateDirectory));
    }

    public void Dispose() => _bundle.Dispose();

    private static RuntimeSpec WithHooks(RuntimeSpec spec, Hooks hooks) => spec with { Hooks = hooks };

    private static Hook Record(string kind, string trace, string shell = "/bin/sh") =>
        new(shell, ["sh", "-c", $"echo {kind} $(readlink /proc/self/ns/mnt) $(cat) >>{trace}"], ["PATH=/usr/bin:/bin"]);

    private List<(string Kind, JsonElement? State, string Mounts)> Told() =>
    [
        .. File.ReadAllLines(Trace).Select(line => line.Split(' ', 3)).Select(words => words.Length < 3
            ? (words[0], null, "")
            : (words[0], (JsonElement?)JsonDocument.Parse(words[2]).RootElement, words[1])),
    ];
}
