using System.Collections.Immutable;

namespace Devoxx.Compose.Tests;

/// <summary>Which files, directory and variables a command works with.</summary>
public sealed class ProjectOptionsTests
{
    private static ProjectOptions Options(params (string Path, string Text)[] files) => new()
    {
        CurrentDirectory = "/work/app/sub",
        ReadFile = path => files.Where(f => f.Path == path).Select(f => f.Text).FirstOrDefault(),
        FileExists = path => files.Any(f => f.Path == path),
    };

    private static ProjectOptions With(ProjectOptions options, params (string Name, string Value)[] variables) =>
        options with { Environment = options.Environment.SetItems(variables.Select(v => KeyValuePair.Create(v.Name, v.Value))) };

    private static LoadRequest Prepared(ProjectOptions options)
    {
        var (request, diagnostics) = options.Prepare();
        Assert.True(request is not null, string.Join('\n', diagnostics));
        return request;
    }

    [Fact]
    public void Searches_the_default_names_upwards_with_their_overrides()
    {
        var request = Prepared(Options(("/work/app/docker-compose.yml", "a"), ("/work/app/compose.yml", "b"), ("/work/app/docker-compose.override.yml", "c"), ("/work/compose.yaml", "d")));
        Assert.Equal(["/work/app/compose.yml", "/work/app/docker-compose.override.yml"], request.Files.Select(f => f.Path));
        Assert.Equal("/work/app", request.WorkingDirectory);
    }

    [Fact]
    public void Warns_when_several_files_could_be_meant() =>
        Assert.Equal("/work/app/sub has compose.yaml, docker-compose.yml; compose.yaml is used",
            Assert.Single(Options(("/work/app/sub/compose.yaml", ""), ("/work/app/sub/docker-compose.yml", "")).Prepare().Diagnostics).ToString());

    [Fact]
    public void Says_what_it_looked_for() =>
        Assert.Equal("there is no compose.yaml in /work/app/sub or above it; name a file with -f", Assert.Single(Options().Prepare().Diagnostics).ToString());

    [Fact]
    public void Named_files_come_first_and_the_first_names_the_directory()
    {
        var request = Prepared(With(Options(("/other/a.yaml", "1"), ("/work/app/b.yaml", "2")) with { Files = ["/other/a.yaml", "../b.yaml"] }, ("COMPOSE_FILE", "no.yaml")));
        Assert.Equal(["/other/a.yaml", "/work/app/b.yaml"], request.Files.Select(f => f.Path));
        Assert.Equal("/other", request.WorkingDirectory);
    }

    [Fact]
    public void Standard_input_lies_in_the_current_directory()
    {
        var request = Prepared(Options(("-", "services: {}")) with { Files = ["-"] });
        Assert.Equal(("-", "/work/app/sub"), (request.Files[0].Path, request.WorkingDirectory));
    }

    [Fact]
    public void A_project_directory_wins() =>
        Assert.Equal("/work/app/p", Prepared(Options(("/other/a.yaml", "")) with { Files = ["/other/a.yaml"], ProjectDirectory = "../p" }).WorkingDirectory);

    [Theory]
    [InlineData("a.yaml:b.yaml", null)]
    [InlineData("a.yaml|b.yaml", "|")]
    public void COMPOSE_FILE_names_files(string list, string? separator)
    {
        var options = With(Options(("/work/app/sub/a.yaml", ""), ("/work/app/sub/b.yaml", "")), ("COMPOSE_FILE", list));
        if (separator is not null) options = With(options, ("COMPOSE_PATH_SEPARATOR", separator));
        Assert.Equal(["/work/app/sub/a.yaml", "/work/app/sub/b.yaml"], Prepared(options).Files.Select(f => f.Path));
    }

    [Fact]
    public void COMPOSE_FILE_may_stand_in_the_env_file_here_and_the_other_directory_s_env_file_is_read_too()
    {
        var request = Prepared(Options(("/work/app/sub/.env", "COMPOSE_FILE=../x/c.yaml\nA=here\n"), ("/work/app/x/c.yaml", ""), ("/work/app/x/.env", "A=there\nB=there\n")));
        Assert.Equal("/work/app/x", request.WorkingDirectory);
        Assert.Equal(("here", "there"), (request.Environment["A"], request.Environment["B"]));
    }

    [Fact]
    public void The_shell_wins_over_env_files_and_later_env_files_over_earlier_ones()
    {
        var options = Options(("/work/app/sub/compose.yaml", ""), ("/work/app/sub/1.env", "A=1\nB=1\nC=1\n"), ("/work/app/sub/2.env", "B=2\nC=2-$A\n"), ("/work/app/sub/.env", "D=4\n"));
        var environment = Prepared(With(options with { EnvFiles = ["1.env", "2.env"] }, ("A", "shell"))).Environment;
        Assert.Equal(("shell", "2", "2-shell", false), (environment["A"], environment["B"], environment["C"], environment.ContainsKey("D")));
        Assert.Equal("/work/app/sub", environment["PWD"]);
    }

    [Fact]
    public void A_named_env_file_must_be_there() =>
        Assert.Equal("there is no env file /work/app/sub/no.env", Assert.Single((Options(("/work/app/sub/compose.yaml", "")) with { EnvFiles = ["no.env"] }).Prepare().Diagnostics).ToString());

    [Fact]
    public void Env_files_can_be_named_or_switched_off_by_variable()
    {
        var options = Options(("/work/app/sub/compose.yaml", ""), ("/work/app/sub/x.env", "A=x\n"), ("/work/app/sub/.env", "A=dot\n"));
        Assert.Equal("x", Prepared(With(options, ("COMPOSE_ENV_FILES", "x.env"))).Environment["A"]);
        Assert.False(Prepared(With(options, ("COMPOSE_DISABLE_ENV_FILE", "1"))).Environment.ContainsKey("A"));
    }

    [Fact]
    public void COMPOSE_PROFILES_counts_unless_profiles_are_named()
    {
        var options = With(Options(("/work/app/sub/compose.yaml", "")), ("COMPOSE_PROFILES", "a, b"));
        Assert.Equal(["a", "b"], Prepared(options).Profiles);
        Assert.Equal(["c"], Prepared(options with { Profiles = ["c"] }).Profiles);
    }

    [Fact]
    public void A_malformed_env_file_is_an_error_with_its_position() =>
        Assert.StartsWith("/work/app/sub/.env:2:3: ", Assert.Single(Options(("/work/app/sub/compose.yaml", ""), ("/work/app/sub/.env", "A=1\nB=\"x\n")).Prepare().Diagnostics).ToString());
}
