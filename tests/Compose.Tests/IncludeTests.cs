namespace Devoxx.Compose.Tests;

public sealed class IncludeTests
{
    [Fact]
    public void Included_services_and_resources_become_part_of_the_project()
    {
        var project = Compose.Request("include: [sub/compose.yaml]\nservices: {web: {image: w, depends_on: [db]}}").With(
            ("sub/compose.yaml", "services: {db: {image: \"d:${TAG}\", volumes: [\"./init:/init\", \"data:/data\"]}}\nvolumes: {data: }"),
            ("sub/.env", "TAG=7")).Project();

        Assert.Equal(["db", "web"], project.Services.Keys);
        Assert.Equal(("d:7", "/srv/app/sub/init", "app_data"), (project.Services["db"].Image, project.Services["db"].Volumes[0].Source, project.Volumes["data"].Name));
    }

    [Fact]
    public void The_outer_variables_win_over_those_of_the_included_project() =>
        Assert.Equal("d:shell", Compose.Request("include: [sub/c.yaml]\nservices: {}", ("TAG", "shell")).With(("sub/c.yaml", "services: {db: {image: \"d:${TAG}\"}}"), ("sub/.env", "TAG=7")).Project().Services["db"].Image);

    [Fact]
    public void Takes_a_project_directory_env_files_and_overrides()
    {
        var db = Compose.Request("include:\n  - path: [sub/c.yaml, over.yaml]\n    project_directory: elsewhere\n    env_file: my.env\n").With(
            ("sub/c.yaml", "services: {db: {image: \"d:${TAG}\", volumes: [\"./x:/x\"]}}"), ("over.yaml", "services: {db: {command: over}}"), ("my.env", "TAG=mine")) with
        { DirectoryExists = path => path == "/srv/app/elsewhere" };

        var service = db.Project().Services["db"];
        Assert.Equal(("d:mine", "over", "/srv/app/elsewhere/x"), (service.Image, service.Command?[0], service.Volumes[0].Source));
    }

    [Fact]
    public void Includes_nest_and_paths_stay_beside_their_files() =>
        Assert.Equal("/srv/app/a/b/data", Compose.Request("include: [a/c.yaml]\nservices: {}").With(
            ("a/c.yaml", "include: [b/c.yaml]\nservices: {}"), ("a/b/c.yaml", "services: {deep: {image: x, volumes: [\"./data:/d\"]}}")).Project().Services["deep"].Volumes[0].Source);

    [Fact]
    public void The_same_definition_twice_is_no_conflict() =>
        Assert.Equal("x", Compose.Request("include: [a.yaml, b.yaml]\nservices: {}").With(("a.yaml", "services: {s: {image: x}}"), ("b.yaml", "services: {s: {image: x}}")).Project().Services["s"].Image);

    [Theory]
    [InlineData("include: [a.yaml]\nservices:\n  s: {image: y}", "compose.yaml:3:3: services.s is also defined in a.yaml:1")]
    [InlineData("include: [none.yaml]", "compose.yaml:1:11: there is no file none.yaml")]
    [InlineData("include: [loop.yaml]", "loop.yaml:1:11: loop.yaml includes itself: compose.yaml → loop.yaml → loop.yaml")]
    [InlineData("include: a.yaml", "compose.yaml:1:10: `include` is a string; a list of files is expected")]
    [InlineData("include: [{path: a.yaml, env_file: none.env}]", "there is no env file none.env")]
    [InlineData("include: [\"oci://registry/x\"]", "`oci://registry/x` is remote; only local files can be included")]
    [InlineData("include: [{paht: a.yaml}]", "unknown key `paht`; did you mean `path`?")]
    public void Refuses_what_cannot_be_included(string yaml, string message) =>
        Assert.Contains(message, Compose.Request(yaml).With(("a.yaml", "services: {s: {image: x}}"), ("loop.yaml", "include: [loop.yaml]\nservices: {}")).Errors()[0]);

    [Fact]
    public void Shows_what_included_a_file_that_is_wrong() =>
        Assert.Equal("a.yaml:1:17: services.s: unknown key `imge`; did you mean `image`? (included by compose.yaml:2)",
            Assert.Single(Compose.Request("include:\n  - a.yaml\nservices: {}").With(("a.yaml", "services: {s: { imge: x}}")).Errors()));
}
