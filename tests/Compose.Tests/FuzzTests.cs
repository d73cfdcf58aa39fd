using System.Diagnostics;
using CsCheck;

namespace Devoxx.Compose.Tests;

/// <summary>
/// Stack files cut up, spliced and scrambled: the loader answers with a project or with errors, never with an exception of its
/// own making. Runs for FUZZ_SECONDS (a minute in CI), else briefly.
/// </summary>
public sealed class FuzzTests
{
    private static readonly string[] Corpus = [.. Stacks.All.Select(s => File.ReadAllText(s.Path))];

    private static readonly string[] Fragments =
    [
        "services:", "<<: *a", "&a", "*a", "!reset", "!override", "null", "[]", "{}", "${", "${A:-", "}", "$$", "- ", ": ", "\n  ", "\n    ", "\t", "'", "\"", "|\n", ">-\n",
        "extends: {file: x, service: y}", "include: [x]", "ports: [\"1-65535:1-65535\"]", "- :", "? ", "---\n", "...", "%YAML 1.1", "\ufeff", "\u0085", "é", "\ud800", "0x", "1e999", "2024-01-01",
        "scale: -1", "mem_limit: 9e99g", "interval: 99999999h", "mode: 99999", "deploy: ", "cpus: nan", "env_file: .env", "!!binary ====", "!!int x",
    ];

    [Fact]
    public void Never_throws()
    {
        var seconds = double.TryParse(System.Environment.GetEnvironmentVariable("FUZZ_SECONDS"), out var given) ? given : 3;
        var watch = Stopwatch.StartNew();
        var mutation = Gen.Select(Gen.Int[0, Corpus.Length - 1], Gen.Int[0, Corpus.Length - 1], Gen.Int[0, Fragments.Length - 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 5]);
        while (watch.Elapsed.TotalSeconds < seconds)
            mutation.Sample((text, other, fragment, at, length, kind) => Survives(Mutate(Corpus[text], Corpus[other], Fragments[fragment], at, length, kind)), iter: 500);
    }

    [Fact]
    public void Env_files_never_throw() => Gen.String[Gen.Char["AB_=:'\"\\$ {}-?#\n\r\t0é"], 0, 60].Sample(text =>
    {
        var (request, _) = new ProjectOptions
        {
            CurrentDirectory = "/x",
            ReadFile = path => path == "/x/.env" ? text : "services: {}",
            FileExists = path => path == "/x/compose.yaml",
        }.Prepare();
        return request is null || request.Environment.Count > 0;
    });

    private static string Mutate(string text, string other, string fragment, double at, double length, int kind)
    {
        var start = (int)(at * text.Length);
        var end = Math.Min(text.Length, start + (int)(length * 40));
        return kind switch
        {
            0 => text[..start] + fragment + text[start..],
            1 => text[..start] + text[end..],
            2 => text[..start] + other[(int)(length * other.Length)..],
            3 => text[..start] + fragment + text[end..],
            4 => text[..end] + text[start..],
            _ => text[..start],
        };
    }

    private static bool Survives(string yaml)
    {
        var request = Compose.Request(yaml).With(("x", yaml), (".env", "A=1")) with { Profiles = ["*"] };
        var result = ComposeLoader.Load(request);
        if (result.Project is { } project)
        {
            ConfigOutput.Yaml(project);
            ProjectJson.Read(ProjectJson.WriteLossless(project));
            SupportWarnings.For(result);
            return true;
        }
        return result.Diagnostics.Any(d => d.Severity == Severity.Error);
    }
}
