namespace Devoxx.Compose.Tests;

/// <summary>Profiles, services named on the command line, and what is left out when nobody uses it.</summary>
public sealed class SelectionTests
{
    private const string Stack = """
        services:
          web: {image: x, depends_on: [db], networks: [front]}
          db: {image: x, volumes: ["data:/d"], networks: [back]}
          debug: {image: x, profiles: [debug], depends_on: [db], network_mode: none}
          test: {image: x, profiles: [test, ci], depends_on: {debug: {condition: service_started, required: false}}, network_mode: none}
        networks: {front: , back: , unused: }
        volumes: {data: , other: }
        """;

    private static string Names(Project project) => string.Join(' ', project.Services.Keys);

    [Theory]
    [InlineData("", "db web")]
    [InlineData("debug", "db debug web")]
    [InlineData("ci", "db test web")]
    [InlineData("*", "db debug test web")]
    public void Profiles_activate_services(string profiles, string expected)
    {
        var project = (Compose.Request(Stack) with { Profiles = [.. profiles.Split(',', StringSplitOptions.RemoveEmptyEntries)] }).Project();
        Assert.Equal(expected, Names(project));
        Assert.Equal(4, project.Services.Count + project.DisabledServices.Count);
    }

    [Theory]
    [InlineData("db", "db")]
    [InlineData("web", "db web")]
    [InlineData("debug", "db debug")]
    [InlineData("w*", "db web")]
    public void Naming_services_keeps_them_and_what_they_need(string service, string expected) =>
        Assert.Equal(expected, Names((Compose.Request(Stack) with { Services = [service] }).Project()));

    [Fact]
    public void Resources_that_nobody_uses_are_left_out_unless_asked_for()
    {
        Assert.Equal(["back", "front"], Compose.Project(Stack).Networks.Keys);
        Assert.Equal(["data"], Compose.Project(Stack).Volumes.Keys);
        Assert.Equal(["back", "front", "unused"], (Compose.Request(Stack) with { AllResources = true }).Project().Networks.Keys);
        Assert.Equal(["back"], (Compose.Request(Stack) with { Services = ["db"] }).Project().Networks.Keys);
    }

    [Fact]
    public void A_needed_service_of_an_inactive_profile_is_an_error_that_names_the_profile()
    {
        var error = Assert.Single(Compose.Errors("services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, profiles: [p, q]}"));
        Assert.Equal("compose.yaml:2:30: services.a.depends_on.b is needed, but its profiles are not active; add --profile p or --profile q, or `required: false`", error);
    }

    [Theory]
    [InlineData("name: My.App!\nservices: {}", null, null, "myapp")]
    [InlineData("name: ${N:-x}y\nservices: {}", null, null, "xy")]
    [InlineData("services: {}", null, null, "app")]
    [InlineData("name: file\nservices: {}", "env", null, "env")]
    [InlineData("name: file\nservices: {}", "env", "flag", "flag")]
    public void The_project_is_named_by_flag_variable_file_or_directory(string yaml, string? variable, string? flag, string expected)
    {
        var request = Compose.Request(yaml) with { ProjectName = flag };
        if (variable is not null) request = request with { Environment = request.Environment.SetItem("COMPOSE_PROJECT_NAME", variable) };
        Assert.Equal(expected, request.Project().Name);
    }

    [Fact]
    public void The_last_file_that_names_the_project_wins_and_variables_see_the_name()
    {
        var project = Compose.Request("name: one\nservices: {a: {image: x, hostname: \"${COMPOSE_PROJECT_NAME}-a\"}}").Overriding("name: two").Project();
        Assert.Equal(("two", "two-a"), (project.Name, project.Services["a"].Hostname));
    }

    [Theory]
    [InlineData("My-App", "my-app")]
    [InlineData("-x", "x")]
    public void Refuses_a_name_given_by_hand_that_is_none(string name, string suggestion) =>
        Assert.Equal($"--project-name is `{name}`; a project name has only lower-case letters, digits, `-` and `_`, and begins with a letter or digit: `{suggestion}`", Assert.Single((Compose.Request("services: {}") with { ProjectName = name }).Errors()));
}
