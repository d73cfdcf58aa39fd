using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Binding;

/// <summary>Reads `build`, `develop` and hooks into their records.</summary>
internal static partial class Bind
{
    internal static Build Build(MappingNode m, Binder b) => new()
    {
        Context = b.String(m.Find("context")),
        Dockerfile = b.String(m.Find("dockerfile")),
        DockerfileInline = b.String(m.Find("dockerfile_inline")),
        Entitlements = b.Strings(m.Find("entitlements")),
        Args = b.MappingWithEquals(m.Find("args")),
        Provenance = b.String(m.Find("provenance")),
        Sbom = b.String(m.Find("sbom")),
        Ssh = b.SshKeys(m.Find("ssh")),
        Labels = b.Labels(m.Find("labels")),
        CacheFrom = b.StringList(m.Find("cache_from")),
        CacheTo = b.StringList(m.Find("cache_to")),
        NoCache = b.Flag(m.Find("no_cache")),
        NoCacheFilter = b.StringList(m.Find("no_cache_filter")),
        AdditionalContexts = b.Mapping(m.Find("additional_contexts")),
        Pull = b.Flag(m.Find("pull")),
        ExtraHosts = b.Hosts(m.Find("extra_hosts")),
        Isolation = b.String(m.Find("isolation")),
        Network = b.String(m.Find("network")),
        Target = b.String(m.Find("target")),
        Secrets = b.List(m.Find("secrets"), FileMount),
        ShmSize = b.Bytes(m.Find("shm_size")),
        Tags = b.StringList(m.Find("tags")),
        Ulimits = b.Ulimits(m.Find("ulimits")),
        Platforms = b.StringList(m.Find("platforms")),
        Privileged = b.Flag(m.Find("privileged")),
        Extensions = b.Extensions(m),
    };

    internal static Develop Develop(MappingNode m, Binder b) => new()
    {
        Watch = b.List(m.Find("watch"), Watch),
        Extensions = b.Extensions(m),
    };

    internal static Watch Watch(MappingNode m, Binder b) => new()
    {
        Path = b.StringOrEmpty(m.Find("path")),
        Action = b.StringOrEmpty(m.Find("action")),
        Target = b.String(m.Find("target")),
        Exec = b.Object(m.Find("exec"), Hook) ?? new(),
        Include = b.StringList(m.Find("include")),
        Ignore = b.StringList(m.Find("ignore")),
        InitialSync = b.Flag(m.Find("initial_sync")),
        Extensions = b.Extensions(m),
    };

    internal static Hook Hook(MappingNode m, Binder b) => new()
    {
        Command = b.Command(m.Find("command")),
        Image = b.String(m.Find("image")),
        User = b.String(m.Find("user")),
        Privileged = b.Flag(m.Find("privileged")),
        WorkingDir = b.String(m.Find("working_dir")),
        Environment = b.MappingWithEquals(m.Find("environment")),
        PerReplica = b.Flag(m.Find("per_replica")),
        Extensions = b.Extensions(m),
    };

    internal static Provider Provider(MappingNode m, Binder b) => new()
    {
        Type = b.String(m.Find("type")),
        Options = b.MultiOptions(m.Find("options")),
        Extensions = b.Extensions(m),
    };
}
