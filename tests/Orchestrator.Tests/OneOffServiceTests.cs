using Devoxx.Compose;
using Devoxx.Orchestrator.Projects;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class OneOffServiceTests
{
    private static readonly Project Shop = ComposeLoader.Load(new LoadRequest
    {
        Files = [new ComposeFile("/srv/stack.yaml", """
            name: shop
            services:
              web:
                image: a
                container_name: only
                entrypoint: [init]
                command: [serve]
                environment: {A: service, B: service}
                ports: ["80:80"]
                volumes: ["data:/data", "/srv/site:/site"]
                restart: always
            volumes: {data: {}}
            """)],
        WorkingDirectory = "/srv",
    }).Project!;

    [Fact]
    public void Changes_what_was_said_and_takes_away_what_belongs_to_the_service()
    {
        var changed = Apply(new OneOffService { Command = ["ls", "-l"], User = "me", WorkingDirectory = "/tmp", Interactive = true, CapAdd = ["NET_ADMIN"], Labels = ["a=b", "c"] });
        Assert.Equal(["ls", "-l"], changed.Command!.Value);
        Assert.Equal(["init"], changed.Entrypoint!.Value);
        Assert.Equal("me", changed.User);
        Assert.Equal("/tmp", changed.WorkingDir);
        Assert.True(changed.StdinOpen);
        Assert.False(changed.Tty);
        Assert.Empty(changed.Ports);
        Assert.Null(changed.ContainerName);
        Assert.Null(changed.Restart);
        Assert.Equal(["NET_ADMIN"], changed.CapAdd);
        Assert.Equal("b", changed.Labels["a"]);
        Assert.Equal("", changed.Labels["c"]);
    }

    [Fact]
    public void An_entrypoint_does_away_with_the_command()
    {
        var changed = Apply(new OneOffService { Entrypoint = "sh -c 'echo hi'" });
        Assert.Equal(["sh", "-c", "echo hi"], changed.Entrypoint!.Value);
        Assert.Empty(changed.Command!.Value);
        Assert.Empty(Apply(new OneOffService { Entrypoint = "" }).Entrypoint!.Value);
    }

    [Fact]
    public void Ports_are_published_only_when_asked()
    {
        Assert.Equal("80", Assert.Single(Apply(new OneOffService { ServicePorts = true }).Ports).Published);
        Assert.Equal("8080", Assert.Single(Apply(new OneOffService { Publish = ["8080:80"] }).Ports).Published);
    }

    [Fact]
    public void Variables_come_over_those_of_files_and_these_over_those_of_the_service()
    {
        var changed = Apply(new OneOffService { Environment = ["A=typed", "HERE", "ABSENT"], EnvironmentFiles = ["extra.env"] });
        Assert.Equal("typed", changed.Environment["A"]);
        Assert.Equal("file", changed.Environment["B"]);
        Assert.Equal("$x", changed.Environment["C"]);
        Assert.Equal("mine", changed.Environment["HERE"]);
        Assert.Null(changed.Environment["ABSENT"]);
    }

    [Fact]
    public void Volumes_replace_those_at_the_same_place_and_an_undeclared_name_is_a_volume_of_the_machine()
    {
        var project = Project(new OneOffService { Volumes = ["./here:/site:ro", "loose:/loose"] });
        Assert.Equal(["data:/data", "/work/here:/site", "loose:/loose"], project.Services["web"].Volumes.Select(v => $"{v.Source}:{v.Target}"));
        Assert.Equal("loose", project.Volumes["loose"].Name);
    }

    [Fact]
    public void What_is_wrong_is_told() =>
        Assert.Contains("missing.env", Assert.Throws<CommandFailedException>(() => Apply(new OneOffService { EnvironmentFiles = ["missing.env"] })).Message);

    private static Service Apply(OneOffService changes) => Project(changes).Services["web"];

    private static Project Project(OneOffService changes) => changes.Apply(
        Shop, "web", "/work", path => path == "/work/extra.env" ? "B=file\nC='$x'\n" : null, name => name == "HERE" ? "mine" : null);
}
