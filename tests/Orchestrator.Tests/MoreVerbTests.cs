using System.Text.Json;
using Devoxx.Supervisor.Control;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

/// <summary>run, rm, scale, create, wait, plan and dry runs against a supervisor's double.</summary>
public sealed class MoreVerbTests : IAsyncDisposable
{
    private const string Success = """{"outcome":{"errors":[],"warnings":[]}}""" + "\n";
    private const string Plan = """{"plan":{"operations":[{"id":1,"action":"create","kind":"container","name":"shop-web-1","cause":"there is none yet","after":[]}],"unchanged":["shop-db-1"]}}""" + "\n";
    private readonly SupervisorDouble supervisor = new();
    private readonly string directory = Directory.CreateTempSubdirectory("devoxx-cli-").FullName;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return supervisor.DisposeAsync();
    }

    private Task<Run> Invoke(params string[] arguments) => Run.Of(["--root", supervisor.Root.Path, "-f", Shop(), .. arguments]);

    private string Shop()
    {
        var path = Path.Combine(directory, "stack.yaml");
        File.WriteAllText(path, "name: shop\nservices:\n  web:\n    image: busybox:1.36\n    ports: ['80']\n  db:\n    image: busybox:1.36\n");
        return path;
    }

    private static string Json(params ContainerView[] containers) => JsonSerializer.Serialize([.. containers], ControlJson.Default.ImmutableArrayContainerView);

    [Theory]
    [InlineData("""POST /v1/projects/shop/pause {"services":["web"],"noDeps":false}""", "pause", "web")]
    [InlineData("""POST /v1/projects/shop/kill {"services":[],"noDeps":false}""", "kill", "--remove-orphans")]
    [InlineData("""POST /v1/projects/shop/unpause {"services":[],"noDeps":false}""", "unpause")]
    public async Task Asks_for_what_was_typed(string request, params string[] arguments)
    {
        await supervisor.StartAsync(context => context.Response.WriteAsync(Success));
        Assert.Equal(0, (await Invoke(arguments)).ExitCode);
        Assert.Equal([request], supervisor.Requests);
    }

    [Fact]
    public async Task Rm_names_what_goes_and_asks_for_stopped_ones_only()
    {
        await AnswerAsync(Json(ContainerListTests.View(), ContainerListTests.View("db", state: "exited", exitCode: 0)));
        Assert.Equal(0, (await Invoke("rm", "-f", "-v")).ExitCode);
        Assert.Equal("""POST /v1/projects/shop/remove {"services":[],"stop":false,"volumes":true}""", supervisor.Requests[^1]);
        var none = await Invoke("rm", "-f", "web");
        Assert.Equal("No stopped containers\n", none.Error);
        Assert.Equal(0, none.ExitCode);
    }

    [Fact]
    public async Task Scale_recreates_nothing()
    {
        await AnswerAsync("[]");
        Assert.Equal(0, (await Invoke("scale", "--no-deps", "web=3", "db=0")).ExitCode);
        var request = JsonSerializer.Deserialize(Assert.Single(supervisor.Requests)["POST /v1/projects/shop/up ".Length..], ControlJson.Default.UpRequest)!;
        Assert.Equal((3, 0), (request.Scale["web"], request.Scale["db"]));
        Assert.Equal(["db", "web"], request.Services);
        Assert.Equal(RecreatePolicy.Never, request.Recreate);
        Assert.True(request.NoDeps);
        Assert.StartsWith("invalid scale specifier: web", (await Invoke("scale", "web")).Error);
        Assert.StartsWith("no such service: x", (await Invoke("scale", "x=1")).Error);
    }

    [Fact]
    public async Task Create_starts_nothing()
    {
        await AnswerAsync("[]");
        Assert.Equal(0, (await Invoke("create", "--force-recreate", "--pull", "never", "--scale", "web=2", "web")).ExitCode);
        var request = JsonSerializer.Deserialize(Assert.Single(supervisor.Requests)["POST /v1/projects/shop/up ".Length..], ControlJson.Default.UpRequest)!;
        Assert.True(request.NoStart);
        Assert.Equal(RecreatePolicy.Always, request.Recreate);
        Assert.Equal("never", request.Pull);
    }

    [Fact]
    public async Task Run_in_the_background_makes_one_container_and_prints_its_id()
    {
        await supervisor.StartAsync(context => context.Request.Path.Value!.EndsWith("/run", StringComparison.Ordinal)
            ? context.Response.WriteAsync(Success)
            : context.Response.WriteAsync(context.Request.Path.Value.EndsWith("containers", StringComparison.Ordinal) ? Json(ContainerListTests.View() with { Name = "job" }) : ""));
        var run = await Invoke("run", "-d", "--rm", "--name", "job", "-e", "A=b", "-v", "/srv:/srv", "--no-deps", "-u", "me", "web", "ls", "-l");
        Assert.Equal(new string('a', 63) + "1\n", run.Out);
        Assert.Equal(0, run.ExitCode);
        var request = JsonSerializer.Deserialize(supervisor.Requests.Single(r => r.StartsWith("POST", StringComparison.Ordinal))["POST /v1/projects/shop/run ".Length..], ControlJson.Default.RunRequest)!;
        Assert.Equal(("web", "job", true, false), (request.Service, request.Name, request.AutoRemove, request.HoldOutput));
        Assert.True(request.Up.NoDeps);
        var service = request.Model.GetProperty("services").GetProperty("web");
        Assert.Equal("""["ls","-l"]""", service.GetProperty("command").GetRawText());
        Assert.Equal("b", service.GetProperty("environment").GetProperty("A").GetString());
        Assert.False(service.TryGetProperty("ports", out _));
        // What the journal keeps is the stack as it stands in the file.
        Assert.True(request.Up.Project.GetProperty("services").GetProperty("web").TryGetProperty("ports", out _));
    }

    [Theory]
    [InlineData("the input device is not a TTY", "run", "--tty", "web")]
    [InlineData("--service-ports and --publish are incompatible", "run", "-P", "-p", "80:80", "web")]
    [InlineData("no such service: wbe", "run", "-T", "wbe")]
    [InlineData("service \"web\" is not running", "attach", "web")]
    [InlineData("no containers for project \"shop\"", "wait", "web")]
    [InlineData("--dry-run: exec has no dry run", "--dry-run", "exec", "web", "ls")]
    [InlineData("--dry-run: image load has no dry run", "--dry-run", "image", "load")]
    public async Task Says_what_is_wrong_and_exits_1(string message, params string[] arguments)
    {
        await AnswerAsync("[]");
        var run = await Invoke(arguments);
        Assert.StartsWith(message, run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Wait_ends_with_the_last_and_with_its_code()
    {
        var (web, db) = (ContainerListTests.View(), ContainerListTests.View("db") with { Id = new string('b', 64) });
        await supervisor.StartAsync(async context =>
        {
            if (context.Request.Path.Value!.EndsWith("watch", StringComparison.Ordinal))
            {
                foreach (var view in (ContainerView[])[web, db, db with { State = "exited", ExitCode = 1 }, web with { State = "restarting", ExitCode = 2 }, web with { State = "exited", ExitCode = 3 }])
                {
                    await context.Response.WriteAsync(JsonSerializer.Serialize(view, ControlJson.Default.ContainerView) + "\n");
                }
            }
            else
            {
                await context.Response.WriteAsync(context.Request.Path.Value.EndsWith("containers", StringComparison.Ordinal) ? Json(web, db) : Success);
            }
        });
        var run = await Invoke("wait", "web", "db").WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("container \"shop-db-1\" exited with status code 1\ncontainer \"shop-web-1\" exited with status code 3\n", run.Out);
        Assert.Equal(3, run.ExitCode);

        var first = await Invoke("wait", "--down-project", "web", "db").WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("container \"shop-db-1\" exited with status code 1\n", first.Out);
        Assert.Equal(1, first.ExitCode);
        Assert.StartsWith("POST /v1/projects/shop/down ", supervisor.Requests.Last(r => r.StartsWith("POST", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Plan_exits_with_2_when_there_is_something_to_do()
    {
        await supervisor.StartAsync(context => context.Response.WriteAsync(Plan + Success));
        var run = await Invoke("plan", "--scale", "web=2");
        Assert.Equal(" Container  shop-web-1  would create  there is none yet\n1 step to do, and 1 container left as wanted. Nothing of it has been done.\n", run.Out);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("POST /v1/projects/shop/up?dryRun=true ", supervisor.Requests[^1]);
        var json = JsonSerializer.Deserialize((await Invoke("plan", "--json")).Out, ControlJson.Default.PlanView)!;
        Assert.Equal("create", Assert.Single(json.Operations).Action);
    }

    [Fact]
    public async Task Plan_exits_with_0_when_there_is_nothing_to_do()
    {
        await supervisor.StartAsync(context => context.Response.WriteAsync("""{"plan":{"operations":[],"unchanged":["shop-db-1"]}}""" + "\n" + Success));
        var run = await Invoke("plan");
        Assert.Equal("Nothing to do: 1 container as wanted.\n", run.Out);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down", "-v")]
    [InlineData("stop")]
    [InlineData("kill", "-s", "HUP")]
    [InlineData("restart", "web")]
    [InlineData("pause")]
    [InlineData("scale", "web=2")]
    [InlineData("create")]
    [InlineData("run", "-T", "web", "ls")]
    public async Task A_dry_run_of_each_asks_for_the_plan_only(params string[] arguments)
    {
        await supervisor.StartAsync(context => context.Response.WriteAsync(Plan + Success));
        var run = await Invoke(["--dry-run", .. arguments]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("would create", run.Out);
        Assert.Contains("?dryRun=true", Assert.Single(supervisor.Requests));
    }

    [Fact]
    public async Task Options_of_the_reference_without_effect_are_told_by_name()
    {
        await AnswerAsync("[]");
        var run = await Invoke("--parallel", "4", "--compatibility", "stop");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: --parallel has no effect", run.Error);
        Assert.Contains("warning: --compatibility has no effect", run.Error);
    }

    [Fact]
    public async Task A_dry_run_of_a_pull_names_the_images_and_asks_nobody()
    {
        await AnswerAsync("[]");
        Assert.Contains("busybox:1.36  would pull", (await Invoke("pull", "--dry-run")).Out);
        Assert.Empty(supervisor.Requests);
    }

    [Fact]
    public async Task Where_nothing_is_kept_a_dry_run_makes_nothing()
    {
        var root = Path.Combine(directory, "state");
        var up = await Run.Of("--root", root, "--dry-run", "-f", Shop(), "up", "-d");
        Assert.Equal(0, up.ExitCode);
        Assert.Contains(" Image      busybox:1.36  would pull    it is not in the store\n", up.Out);
        Assert.Contains("shop-web-1    would start", up.Out);
        Assert.Equal(2, (await Run.Of("--root", root, "-f", Shop(), "plan")).ExitCode);
        Assert.Equal(0, (await Run.Of("--root", root, "--dry-run", "-f", Shop(), "down")).ExitCode);
        Assert.Equal(0, (await Run.Of("--root", root, "--dry-run", "-f", Shop(), "run", "web")).ExitCode);
        Assert.False(Directory.Exists(root));
    }

    [Fact]
    public async Task Ps_hides_what_run_has_made_unless_asked()
    {
        var job = ContainerListTests.View() with { Name = "shop-web-run-1", Labels = ContainerListTests.View().Labels.Add("com.docker.compose.oneoff", "True") };
        await AnswerAsync(Json(ContainerListTests.View("db"), job));
        Assert.Equal("shop-db-1\n", (await Invoke("ps", "--format", "{{.Name}}")).Out);
        Assert.Equal("shop-db-1\nshop-web-run-1\n", (await Invoke("ps", "-a", "--format", "{{.Name}}")).Out);
    }

    [Fact]
    public async Task Volumes_are_those_of_the_project()
    {
        await supervisor.StartAsync(new Dictionary<string, string>
        {
            [ControlRoutes.Volumes] = """[{"name":"shop_data","driver":"local","mountpoint":"/v","createdAt":"2026-01-01T00:00:00Z","project":"shop","labels":{},"options":{},"usedBy":[]},{"name":"other","driver":"local","mountpoint":"/o","createdAt":"2026-01-01T00:00:00Z","project":"x","labels":{},"options":{},"usedBy":[]}]""",
        });
        Assert.Equal("shop_data\n", (await Invoke("volumes", "-q")).Out);
        Assert.Equal("shop_data local\n", (await Invoke("volumes", "--format", "{{.Name}} {{.Driver}}")).Out);
        Assert.Equal("DRIVER    VOLUME NAME\nlocal     shop_data\n", (await Invoke("volumes")).Out);
    }

    private Task AnswerAsync(string containers) => supervisor.StartAsync(
        context => context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("containers", StringComparison.Ordinal) ? containers : context.Request.Method == "GET" ? "" : Success));
}
