using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Devoxx.Compose.Tests;

/// <summary>Loads stack files that a test writes down, as if they lay in /srv/app.</summary>
internal static class Compose
{
    internal const string Directory = "/srv/app";

    internal static LoadRequest Request(string yaml, params (string Name, string Value)[] environment) => new()
    {
        Files = [new ComposeFile(Directory + "/compose.yaml", yaml)],
        WorkingDirectory = Directory,
        Environment = environment.ToImmutableDictionary(v => v.Name, v => v.Value).SetItem("HOME", "/home/me"),
    };

    internal static LoadRequest With(this LoadRequest request, params (string Path, string Text)[] files) => request with
    {
        ReadFile = path => files.Where(f => Absolute(f.Path) == path).Select(f => f.Text).FirstOrDefault(),
    };

    internal static LoadRequest Overriding(this LoadRequest request, params string[] overrides) => request with
    {
        Files = request.Files.AddRange(overrides.Select((yaml, i) => new ComposeFile($"{Directory}/override{i + 1}.yaml", yaml))),
    };

    /// <summary>The project; the test fails with the diagnostics if there is none.</summary>
    internal static Project Project(this LoadRequest request)
    {
        var result = ComposeLoader.Load(request);
        Assert.True(result.Project is not null, string.Join("\n", result.Diagnostics));
        return result.Project;
    }

    internal static Project Project(string yaml, params (string, string)[] environment) => Request(yaml, environment).Project();

    /// <summary>The service `it` of a file whose service body is given.</summary>
    internal static Service Service(string body, params (string, string)[] environment) => Project(Stack(body), environment).Services["it"];

    /// <summary>What `config` prints of the service `it`, without what it prints of every service.</summary>
    internal static JsonNode Canonical(string body, string rest = "", params (string, string)[] environment)
    {
        var request = Request(Stack(body) + rest, environment) with { CheckConsistency = false };
        var service = JsonNode.Parse(ConfigOutput.Json(request.Project()))!["services"]!["it"]!.AsObject();
        if (service["command"] is null) service.Remove("command");
        if (service["entrypoint"] is null) service.Remove("entrypoint");
        if (service["networks"]?.ToJsonString() == """{"default":null}""") service.Remove("networks");
        service.Remove("image");
        return service;
    }

    internal static string Stack(string body) => "services:\n  it:\n    image: busybox\n" + Indent(body) + "\n";

    /// <summary>The errors of a load that must fail, without the file's name.</summary>
    internal static ImmutableArray<string> Errors(this LoadRequest request)
    {
        var result = ComposeLoader.Load(request);
        Assert.Null(result.Project);
        return [.. result.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.ToString().Replace(Directory + "/", ""))];
    }

    internal static ImmutableArray<string> Errors(string yaml) => Request(yaml).Errors();

    internal static string Error(string body) => Assert.Single(Errors(Stack(body)));

    internal static ImmutableArray<string> Warnings(this LoadRequest request) =>
        [.. ComposeLoader.Load(request).Diagnostics.Where(d => d.Severity == Severity.Warning).Select(d => d.ToString().Replace(Directory + "/", ""))];

    internal static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {JsonNode.Parse(expected)?.ToJsonString()}\nbut got  {actual?.ToJsonString()}");

    private static string Indent(string body) => string.Join('\n', body.ReplaceLineEndings("\n").Split('\n').Select(line => line.Length == 0 ? line : "    " + line));

    private static string Absolute(string path) => path.StartsWith('/') ? path : Directory + "/" + path;
}
