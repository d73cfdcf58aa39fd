using System.Text.Json;
using Devoxx.Supervisor.Control;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

/// <summary>Whole command lines against a supervisor's double: what is asked, what is printed, the exit code.</summary>
public sealed class VerbTests : IAsyncDisposable
{
    private const string Success = """{"outcome":{"errors":[],"warnings":[]}}""" + "\n";
    private readonly SupervisorDouble supervisor = new();
    private readonly string directory = Directory.CreateTempSubdirectory("devoxx-cli-").FullName;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return supervisor.DisposeAsync();
    }

    private Task<Run> Invoke(params string[] arguments) => Run.Of(["--root", supervisor.Root.Path, .. arguments]);

    private string StackFile(string text)
    {
        var path = Path.Combine(directory, "stack.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    private string Shop(string extra = "") => StackFile($"name: shop\nservices:\n  web:\n    image: busybox:1.36\n  db:\n    image: busybox:1.36\n{extra}");

    private static string Json(params ContainerView[] containers) => JsonSerializer.Serialize([.. containers], ControlJson.Default.ImmutableArrayContainerView);

    [Fact]
    public async Task Up_asks_for_what_was_typed()
    {
        await supervisor.StartAsync(new Dictionary<string, string> { ["/v1/projects/shop/up"] = """{"progress":{"kind":"Container","name":"shop-web-1","status":"Started","done":true}}""" + "\n" + Success });
        var run = await Invoke("up", "-f", Shop(), "-d", "--scale", "web=3", "--force-recreate", "--remove-orphans", "-t", "7", "web");
        Assert.Equal(" Container shop-web-1  Started\n", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Out);
        var request = JsonSerializer.Deserialize(Assert.Single(supervisor.Requests)["POST /v1/projects/shop/up ".Length..], ControlJson.Default.UpRequest)!;
        Assert.Equal(["web"], request.Services);
        Assert.Equal(3, request.Scale["web"]);
        Assert.Equal(RecreatePolicy.Always, request.Recreate);
        Assert.True(request.RemoveOrphans);
        Assert.Equal(7, request.StopTimeoutSeconds);
        Assert.Equal([Path.Combine(directory, "stack.yaml")], request.ConfigFiles);
        Assert.Equal(directory, request.WorkingDirectory);
        Assert.Equal("shop", request.Project.GetProperty("name").GetString());
        // What the journal keeps of the file must not hold the secrets of who ran the command.
        Assert.DoesNotContain("PATH", request.Project.GetRawText());
    }

    [Fact]
    public async Task Errors_come_last_all_of_them_and_whole()
    {
        await supervisor.StartAsync(new Dictionary<string, string>
        {
            ["/v1/projects/shop/up"] = """
                {"progress":{"kind":"Container","name":"shop-web-1","status":"Error","detail":"no such image","done":true,"failed":true}}
                {"outcome":{"errors":["web: no such image","db: no such image"],"warnings":["something is odd"]}}

                """,
        });
        var run = await Invoke("up", "-d", "-f", Shop());
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(" Container shop-web-1  Error no such image\nwarning: something is odd\nweb: no such image\ndb: no such image\n", run.Error);
    }

    [Fact]
    public async Task Network_create_gives_each_subnet_what_is_of_its_family_and_prints_the_id()
    {
        await supervisor.StartAsync(new Dictionary<string, string> { ["/v1/networks/create"] = """{"progress":{"kind":"Network","name":"edge","status":"Created","detail":"1f2e","done":true}}""" + "\n" + Success });
        var run = await Invoke(
            "network", "create", "--subnet", "10.9.0.0/24", "--subnet", "fd00:9::/64", "--gateway", "fd00:9::9", "--ip-range", "10.9.0.128/25",
            "--aux-address", "printer=10.9.0.7", "-o", "com.docker.network.driver.mtu=1400", "--label", "tier=front", "--internal", "--ipv4=false", "edge");
        Assert.Equal("1f2e\n", run.Out);
        Assert.Equal(0, run.ExitCode);
        var request = JsonSerializer.Deserialize(Assert.Single(supervisor.Requests)["POST /v1/networks/create ".Length..], ControlJson.Default.CreateNetworkRequest)!;
        Assert.Equal("edge", request.Name);
        Assert.Equal(("10.9.0.0/24", null, "10.9.0.128/25"), (request.Subnets[0].Subnet, request.Subnets[0].Gateway, request.Subnets[0].Range));
        Assert.Equal(("fd00:9::/64", "fd00:9::9", null), (request.Subnets[1].Subnet, request.Subnets[1].Gateway, request.Subnets[1].Range));
        Assert.Equal("10.9.0.7", Assert.Single(request.Subnets[0].Reserved!).Value);
        Assert.Empty(request.Subnets[1].Reserved!);
        Assert.Equal("1400", request.Options["com.docker.network.driver.mtu"]);
        Assert.Equal("front", request.Labels["tier"]);
        Assert.True(request.Internal);
        Assert.False(request.EnableIpv4);
        Assert.Null(request.EnableIpv6);
    }

    [Fact]
    public async Task Volume_create_prints_the_name_it_was_given()
    {
        await supervisor.StartAsync(new Dictionary<string, string> { ["/v1/volumes/create"] = """{"progress":{"kind":"Volume","name":"4f6b","status":"Created","done":true}}""" + "\n" + Success });
        var run = await Invoke("volume", "create", "--label", "backup", "-o", "type=tmpfs");
        Assert.Equal("4f6b\n", run.Out);
        var request = JsonSerializer.Deserialize(Assert.Single(supervisor.Requests)["POST /v1/volumes/create ".Length..], ControlJson.Default.CreateVolumeRequest)!;
        Assert.Null(request.Name);
        Assert.Equal("", request.Labels["backup"]);
        Assert.Equal("tmpfs", request.Options["type"]);
    }

    [Theory]
    [InlineData("no such service: wbe; did you mean web?", "stop", "wbe")]
    [InlineData("no such service: nonsense", "ps", "nonsense")]
    [InlineData("--force-recreate and --no-recreate are incompatible", "up", "--force-recreate", "--no-recreate")]
    [InlineData("invalid --scale option \"web\". Should be SERVICE=NUM", "up", "--scale", "web")]
    [InlineData("no such service: x", "up", "--scale", "x=1")]
    [InlineData("invalid signal: SIGNONSENSE", "kill", "-s", "SIGNONSENSE")]
    [InlineData("--index requires one service to be selected", "logs", "--index", "1")]
    [InlineData("10.0.0.1 needs a --subnet that it is in", "network", "create", "--gateway", "10.0.0.1", "n")]
    [InlineData("arguments to --filter should be in form KEY=VAL", "ps", "--filter", "x")]
    [InlineData("service \"web\" is not running", "exec", "-T", "web", "ls")]
    public async Task Says_what_is_wrong_and_exits_1(string message, params string[] arguments)
    {
        await supervisor.StartAsync(new Dictionary<string, string> { ["/v1/projects/shop/containers"] = "[]" });
        var run = await Invoke(["--file", Shop(), .. arguments]);
        Assert.Equal(message + "\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("--resolve-image-digests")]
    [InlineData("--lock-image-digests", "--quiet")]
    [InlineData("--lock-image-digests", "--no-interpolate")]
    public async Task Every_image_without_a_digest_to_be_had_is_told(params string[] options)
    {
        var run = await Run.Of(["config", "-f", StackFile("name: a\nservices:\n  b: {image: '127.0.0.1:1/b'}\n  c: {image: '127.0.0.1:1/c:2'}\n  d: {build: .}\n"), .. options]);
        Assert.Equal("cannot pin 127.0.0.1:1/b to a digest: 127.0.0.1:1 refuses connections\ncannot pin 127.0.0.1:1/c:2 to a digest: 127.0.0.1:1 refuses connections\n", run.Error);
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task Digests_that_are_there_need_no_registry()
    {
        var digest = "sha256:" + new string('a', 64);
        var path = StackFile($"name: a\nservices:\n  b: {{image: 'busybox:1@{digest}', command: x}}\n");
        Assert.Equal($"services:\n  b:\n    image: docker.io/library/busybox@{digest}\n", (await Run.Of("config", "-f", path, "--lock-image-digests")).Out);
        Assert.Contains($"    image: docker.io/library/busybox@{digest}\n", (await Run.Of("config", "-f", path, "--resolve-image-digests")).Out);
    }

    [Fact]
    public async Task All_mistakes_of_a_stack_file_are_told_with_their_places()
    {
        await supervisor.StartAsync([]);
        var path = StackFile("services:\n  web:\n    imgae: x\n  db:\n    image: y\n    comand: z\n");
        var run = await Invoke("up", "-d", "-f", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{path}:3:5: ", run.Error);
        Assert.Contains($"{path}:6:5: ", run.Error);
        Assert.Empty(supervisor.Requests);
    }

    [Fact]
    public async Task Up_warns_of_a_key_that_is_not_honoured_where_it_stands_and_others_do_not()
    {
        await supervisor.StartAsync(context => context.Response.WriteAsync(Success));
        var path = Shop("    ulimits:\n      nofile: 10\n    isolation: hyperv\n");
        var up = await Invoke("up", "-d", "-f", path);
        Assert.StartsWith($"warning: {path}:9:5: ", up.Error);
        Assert.Contains("isolation", Assert.Single(up.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Empty((await Invoke("stop", "-f", path)).Error);
    }

    [Fact]
    public async Task Errors_are_json_where_progress_is()
    {
        await supervisor.StartAsync([]);
        var run = await Invoke("--progress", "json", "ps", "-f", Shop(), "nonsense");
        Assert.Equal("{\"error\":true,\"message\":\"no such service: nonsense\"}\n", run.Error);
    }

    [Fact]
    public async Task Ps_shows_what_runs_and_all_on_demand()
    {
        await supervisor.StartAsync(new Dictionary<string, string>
        {
            ["/v1/projects/shop/containers"] = Json(ContainerListTests.View(), ContainerListTests.View("db", state: "exited", exitCode: 0)),
        });
        Assert.Equal($"{new string('a', 63)}1\n", (await Invoke("ps", "-q", "-p", "shop")).Out);
        Assert.Equal("db\nweb\n", (await Invoke("ps", "-a", "--services", "-p", "shop")).Out);
        Assert.Equal("shop-db-1\n", (await Invoke("ps", "--status", "exited", "--format", "{{.Name}}", "-p", "shop")).Out);
        Assert.Equal("shop-db-1\n", (await Invoke("ps", "--filter", "status=exited", "--format", "{{.Name}}", "-p", "shop")).Out);
    }

    [Theory]
    [InlineData("""POST /v1/projects/shop/stop {"services":["web"],"stopTimeoutSeconds":2,"noDeps":false}""", "stop", "-t", "2", "web")]
    [InlineData("""POST /v1/projects/shop/start {"services":[],"noDeps":false}""", "start")]
    [InlineData("""POST /v1/projects/shop/restart {"services":["db","web"],"noDeps":true}""", "restart", "--no-deps", "db", "web")]
    [InlineData("""POST /v1/projects/shop/kill {"services":[],"signal":"HUP","noDeps":false,"orphans":false}""", "kill", "-s", "HUP")]
    [InlineData("""POST /v1/projects/shop/down {"services":[],"volumes":true,"removeOrphans":true,"stopTimeoutSeconds":0}""", "down", "-v", "--remove-orphans", "-t", "0")]
    public async Task Asks_for_what_was_typed(string request, params string[] arguments)
    {
        await supervisor.StartAsync(context => context.Response.WriteAsync(Success));
        var run = await Invoke(["-p", "SHOP", .. arguments]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal([request], supervisor.Requests);
    }

    [Fact]
    public async Task Down_hands_the_stack_file_over_when_there_is_one()
    {
        await supervisor.StartAsync(context => context.Response.WriteAsync(Success));
        await Invoke("down", "-f", Shop());
        var request = JsonSerializer.Deserialize(Assert.Single(supervisor.Requests)["POST /v1/projects/shop/down ".Length..], ControlJson.Default.DownRequest)!;
        Assert.Equal("shop", request.Project!.Value.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Ls_shows_projects_that_run()
    {
        await supervisor.StartAsync(new Dictionary<string, string>
        {
            [ControlRoutes.Projects] = """[{"name":"shop","status":"running(2)","configFiles":["/a","/b"],"running":2,"total":2},{"name":"old","status":"exited(1)","configFiles":[],"running":0,"total":1}]""",
        });
        Assert.Equal("NAME                STATUS              CONFIG FILES\nshop                running(2)          /a,/b\n", (await Invoke("ls")).Out);
        Assert.Equal("old\nshop\n", (await Invoke("ls", "-a", "-q")).Out);
        Assert.Equal("old\n", (await Invoke("ls", "-a", "-q", "--filter", "name=^o")).Out);
        Assert.Equal("""[{"Name":"shop","Status":"running(2)","ConfigFiles":"/a,/b"}]""" + "\n", (await Invoke("ls", "--format", "json")).Out);
    }

    [Fact]
    public async Task Logs_merges_the_files_of_all_replicas()
    {
        foreach (var (name, text) in new[] { ("one", "2026-11-23T17:24:58.1Z stdout F first\n2026-11-23T17:24:58.3Z stderr F third\n"), ("two", "2026-11-23T17:24:58.2Z stdout F second\n") })
        {
            Directory.CreateDirectory(Path.Combine(directory, name));
            File.WriteAllText(Path.Combine(directory, name, "log"), text);
        }

        await supervisor.StartAsync(new Dictionary<string, string>
        {
            ["/v1/projects/shop/containers"] = Json(
                ContainerListTests.View() with { LogDirectory = Path.Combine(directory, "one") },
                ContainerListTests.View("db") with { LogDirectory = Path.Combine(directory, "two") }),
        });
        Assert.Equal("web-1  | first\ndb-1   | second\nweb-1  | third\n", (await Invoke("logs", "-p", "shop")).Out);
        Assert.Equal("third\n", (await Invoke("logs", "-p", "shop", "--no-log-prefix", "-n", "1", "web")).Out);
        var quiet = Shop("    attach: false\n");
        Assert.Equal("first\nthird\n", (await Invoke("logs", "--file", quiet, "--no-log-prefix")).Out);
        Assert.Equal("second\n", (await Invoke("logs", "--file", quiet, "--no-log-prefix", "db")).Out);
    }

    [Fact]
    public async Task Up_in_the_foreground_shows_logs_and_exits_and_ends_with_the_last_replica()
    {
        await StartAttachableAsync();
        var run = await Invoke("up", "-f", Shop()).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("Attaching to db-1, web-1\nweb-1  | hello\nweb-1  | half a line\nweb-1 exited with code 3\n", run.Out);
        Assert.Equal("web-1  | oops\n", run.Error);
    }

    [Theory]
    [InlineData("--abort-on-container-failure", 3)]
    [InlineData("--abort-on-container-exit", 0)]
    [InlineData("--exit-code-from=web", 3)]
    public async Task The_first_end_can_end_everything(string option, int code)
    {
        var database = ContainerListTests.View("db") with { Id = new string('b', 64), LogDirectory = directory + "/none" };
        await StartAttachableAsync(database);
        var run = await Invoke("up", "-f", Shop(), option).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(code, run.ExitCode);
        Assert.Contains("""POST /v1/projects/shop/stop {"services":[],"noDeps":false}""", supervisor.Requests);
        Assert.Contains("Aborting on container ", run.Error);
    }

    [Theory]
    [InlineData("--detach cannot be combined with", "-d", "--abort-on-container-exit")]
    [InlineData("--detach cannot be combined with", "-d", "--attach", "web")]
    [InlineData("cannot combine --attach and --attach-dependencies", "--attach", "web", "--attach-dependencies")]
    [InlineData("--abort-on-container-failure cannot be combined", "--abort-on-container-exit", "--abort-on-container-failure")]
    [InlineData("no such service: x", "--attach", "x")]
    [InlineData("no such service: x", "--exit-code-from", "x")]
    public async Task Up_refuses_what_contradicts_itself(string message, params string[] options)
    {
        await supervisor.StartAsync([]);
        var run = await Invoke(["up", "-f", Shop(), .. options]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(message, run.Error);
    }

    /// <summary>web writes three lines and exits with code 3; <paramref name="others"/> are what else there is.</summary>
    private Task StartAttachableAsync(params ContainerView[] others)
    {
        var running = ContainerListTests.View() with { LogDirectory = directory, StartedAt = DateTimeOffset.UtcNow };
        var now = running;
        return supervisor.StartAsync(async context =>
        {
            switch (context.Request.Path.Value!.Split('/')[^1])
            {
                case "containers":
                    await context.Response.WriteAsync(Json([now, .. others]));
                    break;
                case "watch":
                    await context.Response.WriteAsync(JsonSerializer.Serialize(running, ControlJson.Default.ContainerView) + "\n");
                    await context.Response.Body.FlushAsync();
                    await File.WriteAllTextAsync(
                        Path.Combine(directory, "log"),
                        $"{DateTime.UtcNow:O} stdout F hello\n{DateTime.UtcNow:O} stderr F oops\n{DateTime.UtcNow:O} stdout P half a line\n");
                    now = running with { State = "exited", ExitCode = 3, FinishedAt = DateTimeOffset.UtcNow.AddSeconds(1) };
                    await context.Response.WriteAsync(JsonSerializer.Serialize(now, ControlJson.Default.ContainerView) + "\n");
                    await context.Response.Body.FlushAsync();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { });
                    break;
                default:
                    await context.Response.WriteAsync(Success);
                    break;
            }
        });
    }
}
