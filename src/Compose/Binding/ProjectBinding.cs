using Devoxx.Compose.Rendering;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Binding;

internal static partial class Bind
{
    /// <summary>Where the loader keeps a secret's value, which no key of a Compose file can say.</summary>
    internal const string SecretValueKey = "x-#value";

    internal static Project Project(MappingNode m, Binder b, string name) => new()
    {
        Name = name,
        Services = b.Dictionary(m.Find("services"), Service),
        Networks = b.Resources(m.Find("networks"), Network),
        Volumes = b.Resources(m.Find("volumes"), Volume),
        Configs = b.Resources(m.Find("configs"), FileObject),
        Secrets = b.Resources(m.Find("secrets"), Secret),
        Models = b.Resources(m.Find("models"), LanguageModel),
        Extensions = b.Extensions(m).Remove(Render.StateKey),
    };

    internal static Project State(MappingNode m, Binder b, Project project) => project with
    {
        WorkingDir = b.StringOrEmpty(m.Find("working_dir")),
        ComposeFiles = b.Strings(m.Find("compose_files")),
        Profiles = b.Strings(m.Find("profiles")),
        Environment = b.Mapping(m.Find("environment")),
        DisabledServices = b.Dictionary(m.Find("disabled_services"), Service),
    };

    private static FileObject Secret(MappingNode m, Binder b)
    {
        var secret = FileObject(m, b);
        return m.Find(SecretValueKey) is ScalarNode value
            ? secret with { Content = value.Text, Extensions = secret.Extensions.Remove(SecretValueKey) }
            : secret;
    }
}
