using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Dotenv;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Loading;

/// <summary>Folds the files that a service names into it: `env_file` into `environment`, `label_file` into `labels`.</summary>
internal static class ServiceFiles
{
    internal static Project ResolveEnvironment(Project project, MappingNode tree, Func<string, string?> readFile, DiagnosticList diagnostics) =>
        Each(project, (name, service) => Environment(name, service, project, tree, readFile, diagnostics));

    internal static Project ResolveLabels(Project project, MappingNode tree, Func<string, string?> readFile, DiagnosticList diagnostics) =>
        Each(project, (name, service) => Labels(name, service, tree, readFile, diagnostics));

    private static Project Each(Project project, Func<string, Service, Service> change)
    {
        var services = project.Services;
        foreach (var (name, service) in project.Services)
        {
            var changed = change(name, service);
            if (!ReferenceEquals(changed, service)) services = services.SetItem(name, changed);
        }
        return ReferenceEquals(services, project.Services) ? project : project with { Services = services };
    }

    /// <summary>What `environment` says wins over the files; later files win over earlier ones.</summary>
    private static Service Environment(string name, Service service, Project project, MappingNode tree, Func<string, string?> readFile, DiagnosticList diagnostics)
    {
        if (service.EnvFile.IsEmpty && !service.Environment.ContainsValue(null)) return service;
        var own = service.Environment.ToBuilder();
        foreach (var (key, value) in service.Environment)
            if (value is null && project.Environment.TryGetValue(key, out var known)) own[key] = known;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in own)
            if (value is not null) variables[key] = value;
        for (var i = 0; i < service.EnvFile.Length; i++)
        {
            var file = service.EnvFile[i];
            var at = TreePath.Locate(tree, "services", name, "env_file", $"[{i}]");
            if (readFile(file.Path ?? "") is not { } text)
            {
                if (file.Required) diagnostics.Error(at, $"there is no env file {file.Path}; create it, or write `required: false`");
                continue;
            }
            try
            {
                if (file.Format is null or ".env") DotEnv.Parse(file.Path!, text, variables, Lookup, diagnostics);
                else if (file.Format == "raw") RawEnv.Parse(file.Path!, text, variables, Lookup);
                else diagnostics.Error(at, $"`{file.Format}` is not a format of env files; leave it out, or write `raw`");
            }
            catch (ComposeException error)
            {
                diagnostics.Error(error.Position, error.Message);
            }
        }
        var environment = Sorted<string?>.Empty.ToBuilder();
        foreach (var (key, value) in variables) environment[key] = value;
        foreach (var (key, value) in own) environment[key] = value;
        return service with { Environment = environment.ToImmutable(), EnvFile = [] };

        string? Lookup(string key) => project.Environment.TryGetValue(key, out var value) ? value : own.TryGetValue(key, out var local) ? local : null;
    }

    private static Service Labels(string name, Service service, MappingNode tree, Func<string, string?> readFile, DiagnosticList diagnostics)
    {
        if (service.LabelFile.IsEmpty) return service;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < service.LabelFile.Length; i++)
        {
            var file = service.LabelFile[i];
            if (readFile(file) is not { } text)
            {
                diagnostics.Error(TreePath.Locate(tree, "services", name, "label_file", $"[{i}]"), $"there is no label file {file}; create it");
                continue;
            }
            try
            {
                DotEnv.Parse(file, text, labels, labels.GetValueOrDefault, diagnostics);
            }
            catch (ComposeException error)
            {
                diagnostics.Error(error.Position, error.Message);
            }
        }
        return service with { Labels = Sorted<string>.Empty.AddRange(labels).SetItems(service.Labels), LabelFile = [] };
    }
}
