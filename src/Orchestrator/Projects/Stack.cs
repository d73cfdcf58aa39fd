using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Compose;

namespace Devoxx.Orchestrator.Projects;

/// <summary>The project that the command's Compose files describe.</summary>
/// <param name="Json">The canonical model with all that belongs to it, as the control API takes it.</param>
internal sealed record Stack(Project Project, JsonElement Json, ImmutableArray<Diagnostic> Warnings)
{
    /// <summary>Loads it for a verb that starts things.</summary>
    /// <param name="services">Those named on the command line: they bring their profiles with them.</param>
    /// <exception cref="CommandFailedException">All errors of all files, one a line.</exception>
    public static Stack Load(Invocation invocation, IReadOnlyList<string> services) =>
        Load(invocation, request => request with { Services = [.. services] });

    /// <param name="adjust">What the verb wants of the loader.</param>
    public static Stack Load(Invocation invocation, Func<LoadRequest, LoadRequest> adjust)
    {
        var result = Read(invocation, adjust);
        using var json = JsonDocument.Parse(ProjectJson.WriteLossless(result.Project!));
        return new Stack(result.Project!, json.RootElement.Clone(), [.. result.Diagnostics.Where(each => each.Severity == Severity.Warning)]);
    }

    /// <summary>The model alone, for a verb that asks nothing of the supervisor.</summary>
    public static Project LoadProject(Invocation invocation, Func<LoadRequest, LoadRequest> adjust) => Read(invocation, adjust).Project!;

    private static LoadResult Read(Invocation invocation, Func<LoadRequest, LoadRequest> adjust)
    {
        var files = ProjectFiles.Find(invocation.Global, Shell(), Directory.GetCurrentDirectory());
        foreach (var warning in files.Warnings)
        {
            invocation.Output.Warn(warning);
        }

        var result = ComposeLoader.Load(adjust(files.Read()));
        return result.Project is not null ? result : throw new CommandFailedException(
            string.Join('\n', result.Diagnostics.Where(each => each.Severity == Severity.Error).Select(Relative)));
    }

    public bool Knows(string service) => Project.Services.ContainsKey(service) || Project.DisabledServices.ContainsKey(service);

    /// <summary>The variables of this process.</summary>
    public static ImmutableDictionary<string, string> Shell()
    {
        var variables = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return variables.ToImmutable();
    }

    /// <summary>With the file as seen from the current directory, if it is below it: shorter, and still something to click on.</summary>
    public static string Relative(Diagnostic diagnostic)
    {
        var here = Directory.GetCurrentDirectory().TrimEnd('/') + "/";
        return (diagnostic.File.StartsWith(here, StringComparison.Ordinal) ? diagnostic with { File = diagnostic.File[here.Length..] } : diagnostic).ToString();
    }
}
