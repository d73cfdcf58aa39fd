using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class ContainerListTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 17, 30, 0, TimeSpan.Zero);

    internal static ContainerView View(string service = "web", int number = 1, string state = "running", int? exitCode = null) => new(
        Id: new string('a', 63) + number,
        Name: $"shop-{service}-{number}",
        Project: "shop",
        Service: service,
        Number: number,
        Image: "busybox:1.36",
        ImageId: "sha256:" + new string('b', 64),
        Command: ["sh", "-c", "echo \"hello\"; sleep 1000"],
        State: state,
        Status: "",
        Health: null,
        ExitCode: exitCode,
        Signal: null,
        OutOfMemory: false,
        Pid: 42,
        CreatedAt: Now.AddMinutes(-3),
        StartedAt: Now.AddSeconds(-90),
        FinishedAt: state is "exited" or "restarting" ? Now.AddSeconds(-4) : null,
        Run: 1,
        RestartCount: 0,
        LogDirectory: "/var/lib/devoxx/containers/a",
        Tty: false,
        StdinOpen: false,
        Networks: ["none"],
        Mounts: ["shop_data", "/srv/site"],
        Labels: ImmutableSortedDictionary<string, string>.Empty.Add("com.docker.compose.project", "shop"));

    [Fact]
    public void The_table_is_laid_out_as_the_reference_does()
    {
        var text = new StringWriter { NewLine = "\n" };
        ContainerList.WriteTable(text, [View(), View("db", state: "exited", exitCode: 137) with { Status = "out of memory: limit 16 MiB" }], truncate: true, Now);
        Assert.Equal(
            """
            NAME         IMAGE          COMMAND                    SERVICE   CREATED         STATUS                                                     PORTS
            shop-web-1   busybox:1.36   "sh -c echo \"hello\";…"   web       3 minutes ago   Up About a minute                                          
            shop-db-1    busybox:1.36   "sh -c echo \"hello\";…"   db        3 minutes ago   Exited (137) 4 seconds ago (out of memory: limit 16 MiB)   

            """,
            text.ToString());
    }

    [Fact]
    public void Json_is_one_object_a_line_with_the_names_of_the_reference()
    {
        var text = new StringWriter { NewLine = "\n" };
        ContainerList.WriteJson(text, [View(), View(number: 2, state: "exited", exitCode: 3)], truncate: true, Now);
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        var first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(
            [
                "Command", "CreatedAt", "ExitCode", "Health", "ID", "Image", "Labels", "LocalVolumes", "Mounts", "Name", "Names", "Networks",
                "Ports", "Project", "Publishers", "Reason", "RunningFor", "Service", "Size", "State", "Status",
            ],
            first.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal("aaaaaaaaaaaa", first.GetProperty("ID").GetString());
        Assert.Equal("shop-web-1", first.GetProperty("Name").GetString());
        Assert.Equal("running", first.GetProperty("State").GetString());
        Assert.Equal(0, first.GetProperty("ExitCode").GetInt32());
        Assert.Equal("1", first.GetProperty("LocalVolumes").GetString());
        Assert.Equal("2026-11-23 17:27:00 +0000 UTC", first.GetProperty("CreatedAt").GetString());
        Assert.Empty(first.GetProperty("Publishers").EnumerateArray());
        Assert.Equal(3, JsonDocument.Parse(lines[1]).RootElement.GetProperty("ExitCode").GetInt32());
    }

    [Theory]
    [InlineData("running", null, "Up About a minute")]
    [InlineData("running", "healthy", "Up About a minute (healthy)")]
    [InlineData("running", "starting", "Up About a minute (health: starting)")]
    [InlineData("paused", null, "Up About a minute (Paused)")]
    [InlineData("restarting", null, "Restarting (1) 4 seconds ago")]
    [InlineData("exited", null, "Exited (1) 4 seconds ago")]
    [InlineData("created", null, "Created")]
    public void A_state_reads_as_docker_says_it(string state, string? health, string expected) =>
        Assert.Equal(expected, ContainerText.Status(View(state: state, exitCode: 1) with { Health = health }, Now));

    [Theory]
    [InlineData("finished", "Exited (1) 4 seconds ago")]
    [InlineData("failed with exit code 1", "Exited (1) 4 seconds ago")]
    [InlineData("failed with exit code 1; gave up", "Exited (1) 4 seconds ago (gave up)")]
    [InlineData("failed with exit code 12", "Exited (1) 4 seconds ago (failed with exit code 12)")]
    public void A_reason_does_not_repeat_the_exit_code(string reason, string expected) =>
        Assert.Equal(expected, ContainerText.StatusAndReason(View(state: "exited", exitCode: 1) with { Status = reason }, Now, truncate: true));

    [Fact]
    public void A_long_reason_is_cut_in_the_table_only()
    {
        var view = View(state: "exited", exitCode: 1) with { Status = new string('x', 100) };
        Assert.Equal($"Exited (1) 4 seconds ago ({new string('x', 59)}…)", ContainerText.StatusAndReason(view, Now, truncate: true));
        Assert.EndsWith($"({view.Status})", ContainerText.StatusAndReason(view, Now, truncate: false));
    }

    [Fact]
    public void The_short_name_leaves_the_project_out_but_not_of_a_container_name()
    {
        Assert.Equal("web-1", ContainerText.ShortName(View()));
        Assert.Equal("the-web", ContainerText.ShortName(View() with { Name = "the-web" }));
    }

    [Theory]
    [InlineData("{{.Name}}", "shop-web-1\n")]
    [InlineData("{{ .Service }}: {{.State}}", "web: running\n")]
    [InlineData("table {{.Name}}\\t{{.State}}", "NAME         STATE\nshop-web-1   running\n")]
    public void A_template_of_fields_is_understood(string format, string expected)
    {
        var text = new StringWriter { NewLine = "\n" };
        Template.Parse(format).Write(text, [View()], (view, name) => ContainerList.Field(view, name, true, Now), ContainerList.Heading);
        Assert.Equal(expected, text.ToString());
    }

    [Theory]
    [InlineData("{{if .Name}}x{{end}}")]
    [InlineData("{{.Name")]
    public void More_of_the_template_language_is_refused(string format) =>
        Assert.Contains(format, Assert.Throws<CommandFailedException>(() => Template.Parse(format)).Message);

    [Fact]
    public void A_field_that_does_not_exist_is_named() =>
        Assert.Equal("format: there is no field \"Nmae\"", Assert.Throws<CommandFailedException>(() => Template.Parse("{{.Nmae}}").Render(_ => null)).Message);

    [Theory]
    [InlineData(0.4, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(150, "2 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(5400, "2 hours")]
    [InlineData(172800, "2 days")]
    [InlineData(1296000, "2 weeks")]
    [InlineData(5270400, "2 months")]
    public void Durations_read_as_docker_says_them(double seconds, string expected) =>
        Assert.Equal(expected, HumanDuration.Of(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1000, "1kB")]
    [InlineData(4_261_502, "4.262MB")]
    [InlineData(120_000_000, "120MB")]
    public void Sizes_read_as_docker_says_them(long bytes, string expected) => Assert.Equal(expected, HumanSize.Of(bytes));
}
