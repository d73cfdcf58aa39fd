using System.Collections.Immutable;

namespace Devoxx.Compose;

public enum SupportLevel
{
    /// <summary>Does what the specification says, or has no effect anywhere.</summary>
    Honoured,

    /// <summary>Honoured for some values; the others are a warning at `up`.</summary>
    Partly,

    /// <summary>Loaded, checked and printed, but without effect; a warning at `up`.</summary>
    Warned,
}

/// <summary>What becomes of a key.</summary>
/// <param name="Path">Where it stands; `*` is any name or list item.</param>
/// <param name="Level">Whether it is honoured.</param>
/// <param name="Note">What is missing, as the warning says it; or what is special.</param>
public sealed record SupportedKey(string Path, SupportLevel Level, string Note);

/// <summary>
/// Every key of the specification, and whether this program honours it. `docs/compose-support.md` is this table, and
/// <see cref="SupportWarnings"/> speaks from it. A key below one that is not listed here shares its level.
/// </summary>
public static class SupportedKeys
{
    public static readonly ImmutableArray<SupportedKey> All =
    [
        Honoured("name"), Honoured("version", "obsolete and ignored, as in the reference"), Honoured("include", "local files only"),
        Honoured("services"),
        .. Services(),
        Honoured("networks"),
        Partly("networks.*.driver", "`bridge`, `macvlan`, `ipvlan`, `host` and `none`"),
        Partly("networks.*.ipam.driver", "`default` only"),
        Honoured("networks.*.attachable", "whoever names a network may join it"),
        Honoured("volumes"),
        Partly("volumes.*.driver", "`local` only"),
        Partly("volumes.*.driver_opts", "`type`, `device` and `o` only"),
        Honoured("configs", "`external` ones are refused: there is no store of them"), Honoured("secrets", "`external` ones are refused: there is no store of them"),
        Warned("models", "models are not run"),
    ];

    private static IEnumerable<SupportedKey> Services()
    {
        foreach (var key in new[]
                 {
                     "annotations", "attach", "cap_add", "cap_drop", "command", "configs", "container_name", "cpu_period", "cpu_quota", "cpu_shares", "cpus", "cpuset",
                     "device_cgroup_rules", "dns", "dns_opt", "dns_search", "domainname", "entrypoint", "env_file", "environment", "external_links", "extra_hosts", "group_add", "hostname", "image", "init", "label_file", "labels", "links", "mem_limit",
                     "mac_address", "mem_reservation", "mem_swappiness", "memswap_limit", "network_mode", "networks", "oom_kill_disable", "oom_score_adj", "pids_limit", "platform", "ports", "privileged", "profiles", "pull_policy",
                     "read_only", "restart", "scale", "secrets", "shm_size", "stdin_open", "stop_grace_period", "stop_signal", "sysctls", "tmpfs", "tty",
                     "ulimits", "user", "volumes", "working_dir",
                 })
            yield return Honoured("services.*." + key);
        yield return Honoured("services.*.extends", "local files only");
        yield return Honoured("services.*.devices", "paths; what a vendor describes (CDI) is refused");
        yield return Honoured("services.*.healthcheck");
        yield return Honoured("services.*.volumes_from", "all mounts of the donor but tmpfs; who has them is made anew with it");
        yield return Honoured("services.*.post_start", "at every start, also one by restart policy; one that fails fails the start, and the container runs on");
        yield return Honoured("services.*.pre_stop", "one that fails leaves the container running; one that takes longer than a minute, or than `stop_grace_period` if that is longer, is killed, and the stop goes on; none at `kill`");
        yield return Honoured("services.*.ipc", "`host`, `none`, `private`, `shareable`, `service:`, `container:`; /dev/shm is shared with it");
        yield return Honoured("services.*.pid", "`host`, `private`, `service:`, `container:`");
        yield return Honoured("services.*.uts", "`host`, `private`");
        yield return Honoured("services.*.cgroup", "`host`, `private`, which is the default on both versions");
        yield return Honoured("services.*.userns_mode", "`host`, which is what every container has");
        yield return Honoured("services.*.cgroup_parent", "from the root of each hierarchy; it is made when it is not there, and stays");
        yield return Honoured("services.*.blkio_config", "a limit that the kernel does not have is an error that names it");
        yield return Honoured("services.*.cpu_rt_runtime", "cgroup version 1 only, of what the cgroup above has been given: see `cgroup_parent`");
        yield return Honoured("services.*.cpu_rt_period", "cgroup version 1 only");
        yield return Honoured("services.*.develop", "for the verb `watch` only, which is not there yet");
        yield return Honoured("services.*.expose", "says something to readers only, as in the reference");

        yield return Honoured("services.*.depends_on", "also when a container restarts by itself; with `restart: true` dependants follow a restart of what they depend on, by whomever");
        yield return Partly("services.*.networks.*.driver_opts", "`com.docker.network.endpoint.ifname` only");
        yield return Partly("services.*.logging", "drivers `json-file`, `local` and `none`; options `max-size` and `max-file`");
        yield return Partly("services.*.runtime", "`runc`, `crun`, `youki`, an absolute path, or `devoxx-runtime`, which is the default; with another runtime a container outlives its monitor until the supervisor sees it");
        yield return Partly("services.*.security_opt", "`no-new-privileges`, `seccomp=`, `apparmor=`, `systempaths=unconfined`, `label=disable`");
        yield return Honoured("services.*.build", "by buildah, or BuildKit's buildctl");
        yield return Warned("services.*.build.entitlements", "the builders run their steps without privileges");
        yield return Warned("services.*.build.isolation", "it is for Windows");
        yield return Warned("services.*.build.no_cache_filter", "`no_cache` is for all stages");
        yield return Honoured("services.*.build.platforms", "`build` builds them all into one index, `up` the one that it runs");
        yield return Warned("services.*.build.privileged", "the builders run their steps without privileges");
        yield return Partly("services.*.build.provenance", "`false`: no attestations are made");
        yield return Partly("services.*.build.sbom", "`false`: no attestations are made");
        yield return Honoured("services.*.volumes.*.bind.selinux", "has no effect: containers bear no labels of SELinux, so nothing has to be relabelled for them");
        yield return Honoured("services.*.volumes.*.bind.recursive", "what is mounted below a read-only path is read-only too, unless it says `writable` or the kernel is older than 5.12");
        yield return Honoured("services.*.volumes.*.volume.subpath", "looked up inside the volume, whatever links it has");
        yield return Warned("services.*.volumes.*.volume.labels", "volumes get the labels of the top level only");
        yield return Honoured("services.*.volumes.*.consistency", "has no effect on Linux");
        yield return Honoured("services.*.volumes.*.type", "`volume`, `bind` and `tmpfs`; `image`, `npipe` and `cluster` are refused");

        yield return Honoured("services.*.deploy.replicas");
        yield return Honoured("services.*.deploy.resources.limits.cpus");
        yield return Honoured("services.*.deploy.resources.limits.memory");
        yield return Honoured("services.*.deploy.resources.limits.pids");
        yield return Honoured("services.*.deploy.resources.reservations.memory");
        yield return Honoured("services.*.deploy.restart_policy", "goes before `restart`, as in the reference; without `delay`, restarts back off as Docker's do");
        yield return Warned("services.*.deploy.resources.reservations.cpus", "no CPU is reserved");
        yield return Warned("services.*.deploy.resources.reservations.devices", "devices are not given to containers yet");
        yield return Warned("services.*.deploy.resources.reservations.generic_resources", "there is one machine only");
        yield return Warned("services.*.deploy.mode", "replicas run on this machine");
        yield return Warned("services.*.deploy.labels", "there is no object that would bear them");
        yield return Warned("services.*.deploy.placement", "there is one machine only");
        yield return Partly("services.*.deploy.endpoint_mode", "`dnsrr`: a name is answered by the addresses of all replicas; there is no virtual address");
        yield return Honoured("services.*.deploy.update_config", "`order: start-first` not where replicas publish a port of the machine");
        yield return Honoured("services.*.deploy.rollback_config");

        foreach (var (note, keys) in new[]
                 {
                     ("it is not run yet", "pre_start"),
                     ("graphics processors are not given to containers", "gpus"),
                     ("it is for Windows", "credential_spec isolation"),
                     ("it is for Windows; `cpus` and `cpuset` limit here", "cpu_count cpu_percent"),
                     ("what a container writes has no quota of its own; a volume or `tmpfs` with a size has", "storage_opt"),
                     ("images are pulled when they are missing", "pull_refresh_after"),
                     ("there is no such service outside", "models provider use_api_socket"),
                 })
            foreach (var key in keys.Split(' ')) yield return Warned("services.*." + key, note);
    }

    private static SupportedKey Honoured(string path, string note = "") => new(path, SupportLevel.Honoured, note);

    private static SupportedKey Partly(string path, string note) => new(path, SupportLevel.Partly, note);

    private static SupportedKey Warned(string path, string note) => new(path, SupportLevel.Warned, note);
}
