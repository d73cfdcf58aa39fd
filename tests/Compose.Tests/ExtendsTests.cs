namespace Devoxx.Compose.Tests;

public sealed class ExtendsTests
{
    [Fact]
    public void Starts_from_a_service_of_the_same_file()
    {
        var project = Compose.Project("services: {base: {image: alpine, command: a, environment: {A: 1}}, it: {extends: base, image: busybox, environment: [B=2]}}");
        var it = project.Services["it"];
        Assert.Equal(("busybox", "a"), (it.Image, it.Command?[0]));
        Assert.Equal(["A", "B"], it.Environment.Keys);
        Assert.Single(project.Services["base"].Environment);
    }

    [Fact]
    public void Follows_chains_through_files_and_resolves_paths_beside_each_file()
    {
        var it = Compose.Request("services: {it: {extends: {file: sub/base.yaml, service: web}}}").With(
            ("sub/base.yaml", "services: {web: {extends: {file: deep/root.yaml, service: root}, volumes: [\"./here:/here\"], env_file: web.env}}"),
            ("sub/deep/root.yaml", "services: {root: {image: r, build: ., volumes: [\"./there:/there\"]}}"),
            ("sub/web.env", "W=1")).Project().Services["it"];

        Assert.Equal(("r", "/srv/app/sub/deep", "1"), (it.Image, it.Build!.Context, it.Environment["W"]));
        Assert.Equal(["/srv/app/sub/deep/there", "/srv/app/sub/here"], it.Volumes.Select(v => v.Source));
    }

    [Fact]
    public void A_reset_takes_away_what_was_extended() =>
        Assert.Empty(Compose.Project("services: {base: {image: a, volumes: [\".:/src\"]}, it: {extends: {service: base}, volumes: !reset []}}").Services["it"].Volumes);

    [Fact]
    public void An_override_replaces_what_was_extended() =>
        Assert.Equal(["B"], Compose.Project("services: {base: {image: a, environment: {A: 1}}, it: {extends: {service: base}, environment: !override {B: 2}}}").Services["it"].Environment.Keys);

    [Theory]
    [InlineData("services: {it: {extends: it, image: x}}", "extends itself: it → it")]
    [InlineData("services: {a: {extends: b}, b: {extends: c}, c: {extends: a}}", "extends itself: a → b → c → a")]
    [InlineData("services: {it: {extends: {service: bas}}, base: {image: x}}", "service `it` extends `bas`, but compose.yaml has no such service; did you mean `base`?")]
    [InlineData("services: {it: {extends: {file: none.yaml, service: a}}}", "there is no file none.yaml; `extends.file` is relative to the project directory")]
    [InlineData("services: {it: {extends: {file: e.yaml, service: b}}}", "service `it` extends `b`, but e.yaml has no such service; it has a")]
    [InlineData("services: {it: {extends: {file: empty.yaml, service: b}}}", "has no `services`")]
    [InlineData("services: {it: {extends: {file: e.yaml}}}", "`extends` of service `it` names no service")]
    [InlineData("services: {it: {extends: {file: loop.yaml, service: it}}}", "extends itself")]
    [InlineData("services: {it: {extends: {file: \"https://github.com/a/b.git\", service: it}}}", "is remote")]
    public void Refuses_what_cannot_be_extended(string yaml, string message) => Assert.Contains(message, Assert.Single(Compose.Request(yaml)
        .With(("e.yaml", "services: {a: {image: x}}"), ("empty.yaml", "volumes: {a: }"), ("loop.yaml", "services: {it: {extends: {file: loop.yaml, service: it}}}")).Errors()));

    [Fact]
    public void Shows_how_it_came_to_a_broken_file()
    {
        var error = Assert.Single(Compose.Request("services:\n  it:\n    extends: {file: bad.yaml, service: a}\n").With(("bad.yaml", "services: [")).Errors());
        Assert.StartsWith("bad.yaml:", error);
        Assert.EndsWith("(extended by compose.yaml:3)", Compose.Request("services:\n  it:\n    extends: {file: bad.yaml, service: a}\n").With(("bad.yaml", "services: [")).Errors()[0]);
    }
}
