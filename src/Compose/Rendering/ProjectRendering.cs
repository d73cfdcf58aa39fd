namespace Devoxx.Compose.Rendering;

internal static partial class Render
{
    /// <summary>The key under which the lossless form keeps what the canonical form leaves out.</summary>
    internal const string StateKey = "x-devoxx";

    internal static void Project(CanonicalWriter w, Project project)
    {
        w.BeginObject();
        if (w.IsYaml) Yaml(w, project);
        else Json(w, project);
        w.EndObject();
    }

    /// <summary>The reference sorts the top level by key, and prints no models.</summary>
    private static void Json(CanonicalWriter w, Project project)
    {
        var members = new SortedDictionary<string, Action>(StringComparer.Ordinal)
        {
            ["name"] = () => w.AlwaysString("name", project.Name),
            ["services"] = () => w.Dictionary("services", project.Services, Service, always: true),
            ["networks"] = () => w.Dictionary("networks", project.Networks, Network),
            ["volumes"] = () => w.Dictionary("volumes", project.Volumes, Volume),
            ["secrets"] = () => w.Dictionary("secrets", project.Secrets, Secret),
            ["configs"] = () => w.Dictionary("configs", project.Configs, Config),
        };
        if (w.Lossless)
        {
            members["models"] = () => w.Dictionary("models", project.Models, LanguageModel);
            members[StateKey] = () => State(w, project);
        }
        foreach (var (name, json) in project.Extensions)
            if (name != StateKey) members[name] = () => w.Extension(name, json);
        foreach (var write in members.Values) write();
    }

    private static void Yaml(CanonicalWriter w, Project project)
    {
        w.String("name", project.Name);
        w.Dictionary("services", project.Services, Service, always: true);
        w.Dictionary("networks", project.Networks, Network);
        w.Dictionary("volumes", project.Volumes, Volume);
        w.Dictionary("secrets", project.Secrets, Secret);
        w.Dictionary("configs", project.Configs, Config);
        w.Dictionary("models", project.Models, LanguageModel);
        w.Extensions(project.Extensions);
    }

    private static void State(CanonicalWriter w, Project project)
    {
        w.Name(StateKey);
        w.BeginObject();
        w.String("working_dir", project.WorkingDir);
        w.Strings("compose_files", project.ComposeFiles);
        w.Strings("profiles", project.Profiles);
        w.Mapping("environment", project.Environment);
        w.Dictionary("disabled_services", project.DisabledServices, Service);
        w.EndObject();
    }

    /// <summary>What a secret says is never printed.</summary>
    internal static void Secret(CanonicalWriter w, FileObject secret) =>
        FileObject(w, w.Lossless ? secret : secret with { Content = null });

    /// <summary>Content that came from a variable is printed as that variable.</summary>
    internal static void Config(CanonicalWriter w, FileObject config) =>
        FileObject(w, w.Lossless || string.IsNullOrEmpty(config.Environment) ? config : config with { Content = null });
}
