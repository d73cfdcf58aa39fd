using System.Collections;
using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;

namespace Devoxx.Orchestrator.Projects;

/// <summary>The Compose files that a command is about. The file access that the Compose room leaves to others is all here.</summary>
internal static class StackFiles
{
    /// <summary>Loads the project; warnings are printed.</summary>
    /// <exception cref="CommandFailedException">All errors of all files, one a line.</exception>
    public static LoadResult Load(Invocation invocation, Func<LoadRequest, LoadRequest> adjust)
    {
        var result = ComposeLoader.Load(adjust(Find(invocation)));
        Tell(invocation, result.Diagnostics, failed: result.Project is null);
        return result;
    }

    /// <summary>Loads the tree only, variables unreplaced.</summary>
    /// <exception cref="CommandFailedException">As for <see cref="Load"/>.</exception>
    public static ComposeModel LoadModel(Invocation invocation, Func<LoadRequest, LoadRequest> adjust)
    {
        var result = ComposeLoader.LoadModel(adjust(Find(invocation)));
        Tell(invocation, result.Diagnostics, failed: result.Model is null);
        return result.Model!;
    }

    /// <summary>With the file as seen from the current directory, if it is below it: shorter, and still something to click on.</summary>
    public static string Describe(Diagnostic diagnostic)
    {
        var here = Directory.GetCurrentDirectory().TrimEnd('/') + "/";
        return (diagnostic.File.StartsWith(here, StringComparison.Ordinal) ? diagnostic with { File = diagnostic.File[here.Length..] } : diagnostic).ToString();
    }

    /// <summary>As Go's strconv.ParseBool; anything else is false.</summary>
    public static bool IsTrue(string? text) => SwitchFlag.Parse(text ?? "") == true;

    private static LoadRequest Find(Invocation invocation)
    {
        var options = invocation.Global;
        var (request, diagnostics) = new ProjectOptions
        {
            Files = [.. options.Files],
            ProjectDirectory = options.Directory,
            ProjectName = options.Project,
            EnvFiles = [.. options.EnvFiles],
            Profiles = [.. options.Profiles],
            CurrentDirectory = Directory.GetCurrentDirectory(),
            Environment = Shell(),
            ReadFile = Read,
            FileExists = File.Exists,
        }.Prepare();
        Tell(invocation, diagnostics, failed: request is null);
        return request! with
        {
            AllResources = options.EveryResource,
            DirectoryExists = Directory.Exists,
            ResolveLinks = static path => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path,
        };
    }

    private static void Tell(Invocation invocation, ImmutableArray<Diagnostic> diagnostics, bool failed)
    {
        foreach (var warning in diagnostics.Where(each => each.Severity == Severity.Warning))
        {
            invocation.Output.Warn(Describe(warning));
        }

        if (failed)
        {
            throw new CommandFailedException(string.Join('\n', diagnostics.Where(each => each.Severity == Severity.Error).Select(Describe)));
        }
    }

    private static string? Read(string path)
    {
        if (path == "-")
        {
            using var input = Console.OpenStandardInput();
            using var all = new MemoryStream();
            input.CopyTo(all);
            return Utf8Text.Decode(all.ToArray());
        }

        return File.Exists(path) ? Utf8Text.Decode(File.ReadAllBytes(path)) : null;
    }

    private static ImmutableDictionary<string, string> Shell()
    {
        var variables = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return variables.ToImmutable();
    }
}
