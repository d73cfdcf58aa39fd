using System.Text;
using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>config</c>: the canonical model, or a list of something in it. Needs no supervisor.</summary>
internal sealed class ConfigVerb : Verb
{
    private static readonly SwitchFlag ShowEnvironment = new("environment", null, "Print environment used for interpolation.");
    private static readonly TextFlag Format = new("format", null, "Format the output. Values: [yaml | json]") { Choices = ["yaml", "json"] };
    private static readonly TextFlag Hash = new("hash", null, "Print the service config hash, one per line.");
    private static readonly SwitchFlag Images = new("images", null, "Print the image names, one per line.");
    private static readonly SwitchFlag Models = new("models", null, "Print the model names, one per line.");
    private static readonly SwitchFlag Networks = new("networks", null, "Print the network names, one per line.");
    private static readonly SwitchFlag NoConsistency = new("no-consistency", null, "Don't check model consistency - warning: may produce invalid Compose output");
    private static readonly SwitchFlag NoEnvResolution = new("no-env-resolution", null, "Don't resolve service env files");
    private static readonly SwitchFlag NoInterpolate = new("no-interpolate", null, "Don't interpolate environment variables");
    private static readonly SwitchFlag NoNormalize = new("no-normalize", null, "Don't normalize compose model");
    private static readonly SwitchFlag NoPathResolution = new("no-path-resolution", null, "Don't resolve file paths");
    private static readonly TextFlag Output = new("output", 'o', "Save to file (default to stdout)");
    private static readonly SwitchFlag ProfilesFlag = new("profiles", null, "Print the profile names, one per line.");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only validate the configuration, don't print anything");
    private static readonly SwitchFlag Services = new("services", null, "Print the service names, one per line.");
    private static readonly SwitchFlag Volumes = new("volumes", null, "Print the volume names, one per line.");

    public override string Name => "config";

    public override string Summary => "Parse, resolve and render compose file in canonical format";

    public override IReadOnlyList<Flag> Flags =>
    [
        ShowEnvironment, Format, Hash, Images, Models, Networks, NoConsistency, NoEnvResolution, NoInterpolate, NoNormalize,
        NoPathResolution, Output, ProfilesFlag, Quiet, Services, Volumes,
    ];

    public override Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var project = Load(invocation);
        if (arguments.Has(Quiet))
        {
            return Task.FromResult(ExitCode.Success);
        }

        if (Lines(project, arguments) is { } lines)
        {
            foreach (var line in lines)
            {
                invocation.Output.Out.WriteLine(line);
            }

            return Task.FromResult(ExitCode.Success);
        }

        var text = arguments.Value(Format) == "json" ? Encoding.UTF8.GetString(ProjectJson.Write(project)) : throw new CommandFailedException("only --format json is there yet");
        if (!arguments.Has(NoInterpolate))
        {
            // So that what is printed loads as the same model again.
            text = text.Replace("$", "$$", StringComparison.Ordinal);
        }

        if (arguments.Value(Output) is { Length: > 0 } path)
        {
            File.WriteAllText(path, text);
        }
        else
        {
            invocation.Output.Out.Write(text);
        }

        return Task.FromResult(ExitCode.Success);
    }

    private static Project Load(Invocation invocation)
    {
        var arguments = invocation.Arguments;

        // Only the whole model is cut down to the services named; the lists are of everything, as the reference has them.
        var lists = arguments.Has(Services) || arguments.Has(Volumes) || arguments.Has(Networks) || arguments.Has(Models) || arguments.Given(Hash);
        return Stack.LoadProject(invocation, request => request with
        {
            Services = lists ? [] : [.. invocation.Words],
            Interpolate = !arguments.Has(NoInterpolate),
            Normalize = !arguments.Has(NoNormalize),
            ResolvePaths = !arguments.Has(NoPathResolution),
            CheckConsistency = !arguments.Has(NoConsistency),
            ResolveEnvironment = !arguments.Has(NoEnvResolution) && (!lists || arguments.Given(Hash)),
        });
    }

    /// <summary>The list that was asked for; null when none was.</summary>
    private static IEnumerable<string>? Lines(Project project, ParsedArguments arguments)
    {
        if (arguments.Has(Services))
        {
            return project.Services.Keys;
        }

        if (arguments.Has(Volumes))
        {
            return project.Volumes.Keys;
        }

        if (arguments.Has(Networks))
        {
            return project.Networks.Keys;
        }

        if (arguments.Has(Models))
        {
            return project.Models.Values.Select(model => model.Model).OfType<string>();
        }

        if (arguments.Value(Hash) is { Length: > 0 } wanted)
        {
            return Hashes(project, wanted);
        }

        if (arguments.Has(ProfilesFlag))
        {
            return project.Services.Values.Concat(project.DisabledServices.Values).SelectMany(service => service.Profiles).Distinct().Order(StringComparer.Ordinal);
        }

        if (arguments.Has(Images))
        {
            return project.Services.Select(service => service.Value.Image ?? $"{project.Name}-{service.Key}");
        }

        return arguments.Has(ShowEnvironment) ? project.Environment.Select(variable => $"{variable.Key}={variable.Value}") : null;
    }

    private static IEnumerable<string> Hashes(Project project, string wanted)
    {
        var names = wanted == "*" ? project.Services.Keys : wanted.Split(',');
        return names.Select(name => project.Services.TryGetValue(name, out var service)
            ? $"{name} {ServiceHash.Of(service)}"
            : throw new CommandFailedException($"no such service: {name}"));
    }
}
