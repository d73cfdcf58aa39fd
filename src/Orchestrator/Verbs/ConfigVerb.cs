using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Images;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>config</c>: the canonical model, or a list of something in it. Needs no supervisor, also where it asks registries for digests.</summary>
internal sealed class ConfigVerb : Verb
{
    private static readonly SwitchFlag ShowEnvironment = new("environment", null, "Print environment used for interpolation.");
    private static readonly TextFlag Format = new("format", null, "Format the output. Values: [yaml | json]") { Choices = ["yaml", "json"] };
    private static readonly TextFlag Hash = new("hash", null, "Print the service config hash, one per line.");
    private static readonly SwitchFlag Images = new("images", null, "Print the image names, one per line.");
    private static readonly SwitchFlag LockImageDigests = new("lock-image-digests", null, "Produces an override file with image digests");
    private static readonly SwitchFlag Models = new("models", null, "Print the model names, one per line.");
    private static readonly SwitchFlag Networks = new("networks", null, "Print the network names, one per line.");
    private static readonly SwitchFlag NoConsistency = new("no-consistency", null, "Don't check model consistency - warning: may produce invalid Compose output");
    private static readonly SwitchFlag NoEnvResolution = new("no-env-resolution", null, "Don't resolve service env files");
    private static readonly SwitchFlag NoInterpolate = new("no-interpolate", null, "Don't interpolate environment variables");
    private static readonly SwitchFlag NoNormalize = new("no-normalize", null, "Don't normalize compose model");
    private static readonly SwitchFlag NoPathResolution = new("no-path-resolution", null, "Don't resolve file paths");
    private static readonly TextFlag Output = new("output", 'o', "Save to file (default to stdout)");
    private static readonly SwitchFlag Profiles = new("profiles", null, "Print the profile names, one per line.");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only validate the configuration, don't print anything");
    private static readonly SwitchFlag ResolveImageDigests = new("resolve-image-digests", null, "Pin image tags to digests");
    private static readonly SwitchFlag Services = new("services", null, "Print the service names, one per line.");
    private static readonly SwitchFlag Variables = new("variables", null, "Print model variables and default values.");
    private static readonly SwitchFlag Volumes = new("volumes", null, "Print the volume names, one per line.");

    public override string Name => "config";

    public override string Summary => "Parse, resolve and render compose file in canonical format";

    public override IReadOnlyList<Flag> Flags =>
    [
        ShowEnvironment, Format, Hash, Images, LockImageDigests, Models, Networks, NoConsistency, NoEnvResolution, NoInterpolate, NoNormalize,
        NoPathResolution, Output, Profiles, Quiet, ResolveImageDigests, Services, Variables, Volumes,
    ];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        // Nobody who asks for validation only wants to read anything else; the checks are the same.
        var text = await TextAsync(invocation);
        if (invocation.Arguments.Has(Quiet))
        {
            return ExitCode.Success;
        }

        if (invocation.Arguments.Value(Output) is { Length: > 0 } path)
        {
            File.WriteAllText(path, text);
        }
        else
        {
            invocation.Output.Out.Write(text);
        }

        return ExitCode.Success;
    }

    private static async Task<string> TextAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var json = arguments.Value(Format) == "json";
        if (arguments.Has(Variables))
        {
            return VariablesOf(ConfigOutput.Variables(Model(invocation)), json);
        }

        if (arguments.Has(NoInterpolate) && arguments.Has(Services))
        {
            return Lines(ConfigOutput.Services(Model(invocation)));
        }

        if (List(invocation) is { } list)
        {
            return Lines(list);
        }

        if (arguments.Has(NoInterpolate))
        {
            if (invocation.Words.Count > 0)
            {
                invocation.Output.Warn("service filtering is not applied when --no-interpolate is set, the full model will be rendered");
            }

            var model = await PinnedAsync(invocation, Model(invocation), ConfigOutput.ImagesToPin, ConfigOutput.WithImages, ConfigOutput.ImagesOnly);
            return json ? ConfigOutput.Json(model) : ConfigOutput.Yaml(model);
        }

        var project = await PinnedAsync(
            invocation, Load(invocation, named: true, environment: true), ConfigOutput.ImagesToPin, ConfigOutput.WithImages, ConfigOutput.ImagesOnly);
        return json ? ConfigOutput.Json(project) : ConfigOutput.Yaml(project);
    }

    /// <summary>With digests where they were asked for, in the project or in the model whose variables are not replaced.</summary>
    private static async Task<T> PinnedAsync<T>(
        Invocation invocation, T model, Func<T, ImmutableArray<string>> images, Func<T, Func<string, string>, T> replaced, Func<T, T> imagesOnly)
    {
        var only = invocation.Arguments.Has(LockImageDigests);
        if (!only && !invocation.Arguments.Has(ResolveImageDigests))
        {
            return model;
        }

        var pinned = await ImageDigests.PinAsync(images(model), invocation.Output.Warn, invocation.Interrupts.First);
        model = replaced(model, image => pinned[image]);
        return only ? imagesOnly(model) : model;
    }

    /// <summary>The list that was asked for; null when none was.</summary>
    private static IEnumerable<string>? List(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        return arguments.Has(Services) ? ConfigOutput.Services(All())
            : arguments.Has(Volumes) ? ConfigOutput.Volumes(All())
            : arguments.Has(Networks) ? ConfigOutput.Networks(All())
            : arguments.Has(Models) ? ConfigOutput.Models(All())
            : arguments.Value(Hash) is { Length: > 0 } names ? Hashes(All(), names)
            : arguments.Has(Profiles) ? ConfigOutput.Profiles(Named())
            : arguments.Has(Images) ? ConfigOutput.Images(Named())
            : arguments.Has(ShowEnvironment) ? ConfigOutput.Environment(Named())
            : null;

        // The reference resolves env files for the second kind of list only, and cuts only these down to the services named.
        Project All() => Load(invocation, named: false, environment: false);
        Project Named() => Load(invocation, named: true, environment: true);
    }

    private static IEnumerable<string> Hashes(Project project, string names)
    {
        var (lines, unknown) = ConfigOutput.Hashes(project, names);
        return unknown is null ? lines : throw new CommandFailedException($"no such service: {unknown}");
    }

    private static Project Load(Invocation invocation, bool named, bool environment) =>
        StackFiles.Load(invocation, request => Adjust(invocation, request) with
        {
            Services = named ? [.. invocation.Words] : [],
            ResolveEnvironment = environment && !invocation.Arguments.Has(NoEnvResolution),
        }).Project!;

    private static ComposeModel Model(Invocation invocation) =>
        StackFiles.LoadModel(invocation, request => Adjust(invocation, request) with { Interpolate = false });

    private static LoadRequest Adjust(Invocation invocation, LoadRequest request) => request with
    {
        Interpolate = !invocation.Arguments.Has(NoInterpolate),
        Normalize = !invocation.Arguments.Has(NoNormalize),
        ResolvePaths = !invocation.Arguments.Has(NoPathResolution),
        CheckConsistency = !invocation.Arguments.Has(NoConsistency),
    };

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private static string VariablesOf(IEnumerable<TemplateVariable> variables, bool json)
    {
        var text = new StringWriter { NewLine = "\n" };
        if (json)
        {
            JsonOutput.WriteMap(text, variables.Select(variable => (variable.Name, variable)), WriteVariable);
        }
        else
        {
            var table = new Table("NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE") { LeastWidth = 20 };
            foreach (var variable in variables)
            {
                table.Add(variable.Name, variable.Required ? "true" : "false", variable.DefaultValue, variable.AlternateValue);
            }

            table.Write(text);
        }

        return text.ToString();
    }

    private static void WriteVariable(Utf8JsonWriter json, TemplateVariable variable)
    {
        json.WriteString("Name", variable.Name);
        json.WriteString("DefaultValue", variable.DefaultValue);
        json.WriteString("PresenceValue", variable.AlternateValue);
        json.WriteBoolean("Required", variable.Required);
    }
}
