using System.Collections.Immutable;
using Devoxx.Compose.Interpolation;
using Devoxx.Compose.Loading;
using Devoxx.Compose.Rendering;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose;

/// <summary>What the options of the `config` verb print: each a text, or the lines of one.</summary>
public static class ConfigOutput
{
    /// <summary>`--format json`: no newline at the end; `$` is doubled, so that loading it again gives the same.</summary>
    public static string Json(Project project)
    {
        var writer = new JsonCanonicalWriter();
        Render.Project(writer, project);
        return writer.ToString().Replace("$", "$$", StringComparison.Ordinal);
    }

    /// <summary>`--format yaml`, which is the default; with a newline at the end.</summary>
    public static string Yaml(Project project)
    {
        var writer = new YamlCanonicalWriter();
        Render.Project(writer, project);
        return writer.ToString().Replace("$", "$$", StringComparison.Ordinal);
    }

    /// <summary>`--no-interpolate --format json`.</summary>
    public static string Json(ComposeModel model)
    {
        var writer = new JsonCanonicalWriter();
        TreeJson.Write(writer, model.Tree);
        return writer.ToString();
    }

    /// <summary>`--no-interpolate --format yaml`.</summary>
    public static string Yaml(ComposeModel model)
    {
        var writer = new YamlCanonicalWriter();
        TreeJson.Write(writer, model.Tree);
        return writer.ToString();
    }

    /// <summary>`--services`: dependencies before those that need them.</summary>
    public static ImmutableArray<string> Services(Project project) => [.. DependencyOrder.Of(project.Services, out _)];

    /// <summary>`--services --no-interpolate`.</summary>
    public static ImmutableArray<string> Services(ComposeModel model) =>
        model.Tree.Find("services") is MappingNode services ? [.. services.Select(static s => s.Key).Order(StringComparer.Ordinal)] : [];

    /// <summary>`--volumes`.</summary>
    public static ImmutableArray<string> Volumes(Project project) => [.. project.Volumes.Keys];

    /// <summary>`--networks`.</summary>
    public static ImmutableArray<string> Networks(Project project) => [.. project.Networks.Keys];

    /// <summary>`--models`: the models themselves, not their names.</summary>
    public static ImmutableArray<string> Models(Project project) =>
        [.. project.Models.Values.Where(static m => !string.IsNullOrEmpty(m.Model)).Select(static m => m.Model!)];

    /// <summary>`--profiles`: all that any service has, active or not.</summary>
    public static ImmutableArray<string> Profiles(Project project) =>
        [.. project.Services.Values.Concat(project.DisabledServices.Values).SelectMany(static s => s.Profiles).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>`--images`: of every active service; one that is only built has the name that its build gives.</summary>
    public static ImmutableArray<string> Images(Project project) => [.. project.Services.Select(s => ImageOf(project, s.Key))];

    /// <summary>The image of a service, or the name its build gives.</summary>
    public static string ImageOf(Project project, string service) =>
        project.Services[service].Image is { Length: > 0 } image ? image : $"{project.Name}-{service}";

    /// <summary>
    /// `--hash`: `NAME HASH` per service, sorted; names are separated by commas, `*` is all. Load with
    /// <see cref="LoadRequest.ResolveEnvironment"/> off, as the reference does. Null names a service that is not there.
    /// </summary>
    public static (ImmutableArray<string> Lines, string? Unknown) Hashes(Project project, string names)
    {
        var wanted = names == "*" ? project.Services.Keys : names.Split(',').Order(StringComparer.Ordinal);
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var name in wanted)
        {
            if (!project.Services.TryGetValue(name, out var service)) return ([], name);
            lines.Add($"{name} {ServiceHash.Of(service)}");
        }
        return (lines.DrainToImmutable(), null);
    }

    /// <summary>`--variables`: what the files would interpolate. Load the model with <see cref="LoadRequest.Interpolate"/> off.</summary>
    public static ImmutableArray<TemplateVariable> Variables(ComposeModel model) => TemplateVariables.In(model.Tree);

    /// <summary>`--environment`: NAME=VALUE, sorted.</summary>
    public static ImmutableArray<string> Environment(Project project) => [.. project.Environment.Select(static v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal)];

    /// <summary>What <see cref="WithImages(Project, Func{string, string})"/> replaces, each once: what is only built has no digest.</summary>
    public static ImmutableArray<string> ImagesToPin(Project project) =>
        [.. project.Services.Values.Select(static s => s.Image).OfType<string>().Where(static i => i.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>`--no-interpolate --resolve-image-digests`: as they are written, variables and all.</summary>
    public static ImmutableArray<string> ImagesToPin(ComposeModel model) => [.. ImagesIn(model.Tree).Select(static i => i.Image.Text).Distinct(StringComparer.Ordinal)];

    /// <summary>`--resolve-image-digests`: images replaced by what the resolver gives for them.</summary>
    public static Project WithImages(Project project, Func<string, string> resolve)
    {
        var services = project.Services;
        foreach (var (name, service) in project.Services)
            if (service.Image is { Length: > 0 } image) services = services.SetItem(name, service with { Image = resolve(image) });
        return project with { Services = services };
    }

    /// <summary>`--no-interpolate --resolve-image-digests`.</summary>
    public static ComposeModel WithImages(ComposeModel model, Func<string, string> resolve)
    {
        var tree = (MappingNode)model.Tree.Clone();
        foreach (var (service, image) in ImagesIn(tree)) service.Set("image", ScalarNode.String(image.Position, resolve(image.Text)));
        return new ComposeModel(tree);
    }

    /// <summary>`--lock-image-digests`: nothing but images, as an override file.</summary>
    public static Project ImagesOnly(Project project) => new()
    {
        Name = "",
        Services = Sorted<Service>.Empty.AddRange(project.Services.Select(static s => KeyValuePair.Create(s.Key, new Service { Image = s.Value.Image }))),
    };

    /// <summary>`--no-interpolate --lock-image-digests`.</summary>
    public static ComposeModel ImagesOnly(ComposeModel model)
    {
        var tree = new MappingNode(model.Tree.Position);
        if (model.Tree.Find("services") is not MappingNode services) return new ComposeModel(tree);
        var locked = new MappingNode(services.Position);
        foreach (var (name, service, position) in services)
        {
            var only = new MappingNode(service.Position);
            if ((service as MappingNode)?.Find("image") is { } image) only.Set("image", image);
            locked.Set(name, only, position);
        }
        tree.Set("services", locked);
        return new ComposeModel(tree);
    }

    private static List<(MappingNode Service, ScalarNode Image)> ImagesIn(MappingNode tree)
    {
        var images = new List<(MappingNode, ScalarNode)>();
        if (tree.Find("services") is not MappingNode services) return images;
        foreach (var entry in services)
            if (entry.Value is MappingNode service && service.Find("image") is ScalarNode { Kind: ScalarKind.String, Text.Length: > 0 } image) images.Add((service, image));
        return images;
    }
}
