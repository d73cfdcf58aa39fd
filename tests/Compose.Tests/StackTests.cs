using System.Text;

namespace Devoxx.Compose.Tests;

/// <summary>
/// Whole stack files. The expected output was worked out from the specification; to see a change in all of them, run with
/// UPDATE_STACKS=1 and read the difference.
/// </summary>
public sealed class StackTests
{
    public static TheoryData<string> Names => Stacks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Prints_a_stack_as_expected(string name)
    {
        var stack = Stacks.Named(name);
        var actual = ConfigOutput.Json(stack.Request().Project());
        if (System.Environment.GetEnvironmentVariable("UPDATE_STACKS") == "1") File.WriteAllText(stack.Expected, actual);
        Assert.Equal(File.ReadAllText(stack.Expected), actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Loading_the_printed_form_gives_the_same_form(string name)
    {
        var project = Stacks.Named(name).Request().Project();
        var json = ConfigOutput.Json(project);
        // The reference prints `Path`, `Rate` and `Weight` of blkio_config in JSON with capitals, which it does not read back.
        if (name != "blkio") Assert.Equal(json, ConfigOutput.Json(Again(project, json)));
        Assert.Equal(json, ConfigOutput.Json(Again(project, ConfigOutput.Yaml(project))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_lossless_form_restores_everything(string name)
    {
        var project = Stacks.Named(name).Request().Project();
        var lossless = ProjectJson.WriteLossless(project);
        Assert.Equal(Encoding.UTF8.GetString(lossless), Encoding.UTF8.GetString(ProjectJson.WriteLossless(ProjectJson.Read(lossless))));
        Assert.Equal(project.Services.Select(s => ServiceHash.Of(s.Value)), ProjectJson.Read(lossless).Services.Select(s => ServiceHash.Of(s.Value)));
    }

    [Fact]
    public void There_are_at_least_forty() => Assert.True(Stacks.All.Count() >= 40);

    private static Project Again(Project project, string text) => (new LoadRequest
    {
        Files = [new ComposeFile(project.WorkingDir + "/printed.yaml", text)],
        WorkingDirectory = project.WorkingDir,
        ProjectName = project.Name,
        Environment = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.AddRange(project.Environment.Remove("COMPOSE_PROJECT_NAME")),
        Profiles = ["*"],
        CheckConsistency = false,
        AllResources = true,
    }).Project();
}
