namespace Devoxx.Compose.Rendering;

/// <summary>Writes `build`, `develop` and hooks from their records.</summary>
internal static partial class Render
{
    internal static void Build(CanonicalWriter w, Build v)
    {
        w.BeginObject();
        w.String("context", v.Context);
        w.String("dockerfile", v.Dockerfile);
        w.String("dockerfile_inline", v.DockerfileInline);
        w.Strings("entitlements", v.Entitlements);
        w.MappingWithEquals("args", v.Args);
        w.String("provenance", v.Provenance);
        w.String("sbom", v.Sbom);
        w.SshKeys("ssh", v.Ssh);
        w.Mapping("labels", v.Labels);
        w.Strings("cache_from", v.CacheFrom);
        w.Strings("cache_to", v.CacheTo);
        w.Flag("no_cache", v.NoCache);
        w.Strings("no_cache_filter", v.NoCacheFilter);
        w.Mapping("additional_contexts", v.AdditionalContexts);
        w.Flag("pull", v.Pull);
        w.Hosts("extra_hosts", v.ExtraHosts);
        w.String("isolation", v.Isolation);
        w.String("network", v.Network);
        w.String("target", v.Target);
        w.List("secrets", v.Secrets, FileMount);
        w.Bytes("shm_size", v.ShmSize);
        w.Strings("tags", v.Tags);
        w.Ulimits("ulimits", v.Ulimits);
        w.Strings("platforms", v.Platforms);
        w.Flag("privileged", v.Privileged);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Develop(CanonicalWriter w, Develop v)
    {
        w.BeginObject();
        w.List("watch", v.Watch, Watch);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Watch(CanonicalWriter w, Watch v)
    {
        w.BeginObject();
        w.AlwaysString("path", v.Path);
        w.AlwaysString("action", v.Action);
        w.String("target", v.Target);
        w.Struct("exec", v.Exec, Hook);
        w.Strings("include", v.Include);
        w.Strings("ignore", v.Ignore);
        w.Flag("initial_sync", v.InitialSync);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Hook(CanonicalWriter w, Hook v)
    {
        w.BeginObject();
        w.Command("command", v.Command);
        w.String("image", v.Image);
        w.String("user", v.User);
        w.Flag("privileged", v.Privileged);
        w.String("working_dir", v.WorkingDir);
        w.MappingWithEquals("environment", v.Environment);
        w.Flag("per_replica", v.PerReplica);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Provider(CanonicalWriter w, Provider v)
    {
        w.BeginObject();
        w.String("type", v.Type);
        w.MultiOptions("options", v.Options);
        w.Extensions(v.Extensions);
        w.EndObject();
    }
}
