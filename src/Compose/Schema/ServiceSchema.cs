using static Devoxx.Compose.Schema.Shapes;

namespace Devoxx.Compose.Schema;

/// <summary>The shape of a service.</summary>
internal static class ServiceSchema
{
    private static readonly ListShape BlkioLimits = new(new ObjectShape(("path", Text), ("rate", IntegerOrText)) { Extensible = false });

    private static readonly ObjectShape BlkioConfig = new(
        ("device_read_bps", BlkioLimits), ("device_read_iops", BlkioLimits), ("device_write_bps", BlkioLimits), ("device_write_iops", BlkioLimits),
        ("weight", IntegerOrText),
        ("weight_device", new ListShape(new ObjectShape(("path", Text), ("weight", IntegerOrText)) { Extensible = false }))) { Extensible = false };

    private static readonly UnionShape Build = new(Text, map: new ObjectShape(
        ("context", Text), ("dockerfile", Text), ("dockerfile_inline", Text), ("entitlements", AnyTexts), ("args", Pairs), ("ssh", Pairs),
        ("labels", Pairs), ("cache_from", AnyTexts), ("cache_to", AnyTexts), ("no_cache", FlagOrText), ("no_cache_filter", TextOrList),
        ("additional_contexts", Pairs), ("network", Text), ("provenance", FlagOrText), ("sbom", FlagOrText), ("pull", FlagOrText),
        ("target", Text), ("shm_size", IntegerOrText), ("extra_hosts", Hosts), ("isolation", Text), ("privileged", FlagOrText),
        ("secrets", FileMounts), ("tags", AnyTexts), ("ulimits", Ulimits), ("platforms", AnyTexts)));

    private static readonly UnionShape DependsOn = new(list: Texts, map: new MapShape(new ObjectShape(
        ("restart", FlagOrText), ("required", Flag),
        ("condition", Choice("service_started", "service_healthy", "service_completed_successfully"))) { Required = ["condition"] }) { IsName = IsName });

    private static readonly ObjectShape Develop = new(
        ("watch", new ListShape(new ObjectShape(
            ("ignore", TextOrList), ("include", TextOrList), ("path", Text),
            ("action", Choice("rebuild", "sync", "restart", "sync+restart", "sync+exec")), ("target", Text), ("exec", Shapes.Hook),
            ("initial_sync", Flag)) { Required = ["path", "action"] }))) { Nullable = true };

    private static readonly UnionShape Devices = new(list: new ListShape(new UnionShape(Text, map: new ObjectShape(
        ("source", Text), ("target", Text), ("permissions", Text)) { Required = ["source"] })));

    private static readonly UnionShape EnvFile = new(Text, new ListShape(new UnionShape(Text, map: new ObjectShape(
        ("path", Text), ("format", Text), ("required", FlagOrText)) { Required = ["path"], Extensible = false })));

    private static readonly ObjectShape Healthcheck = new(
        ("disable", FlagOrText), ("interval", Text), ("retries", NumberOrText), ("test", new UnionShape(Text, AnyTexts)),
        ("timeout", Text), ("start_period", Text), ("start_interval", Text));

    private static readonly ObjectShape Provider = new(
        ("type", Text),
        ("options", new MapShape(new UnionShape(new ScalarShape(Types.String | Types.Number | Types.Boolean), new ListShape(new ScalarShape(Types.String | Types.Number | Types.Boolean)))))) { Required = ["type"] };

    private static readonly UnionShape Networks = new(list: Texts, map: new MapShape(new ObjectShape(
        ("aliases", Texts), ("interface_name", Text), ("ipv4_address", Text), ("ipv6_address", Text), ("link_local_ips", Texts),
        ("mac_address", Text), ("driver_opts", Options), ("priority", Number), ("gw_priority", Number)) { Nullable = true }) { IsName = IsName });

    private static readonly UnionShape Models = new(list: Texts, map: new MapShape(new ObjectShape(
        ("endpoint_var", Text), ("model_var", Text)) { Nullable = true }) { IsName = IsName, Open = true });

    private static readonly ListShape Ports = new(new UnionShape(NumberOrText, map: new ObjectShape(
        ("name", Text), ("mode", Text), ("host_ip", Text), ("target", IntegerOrText), ("published", IntegerOrText), ("protocol", Text),
        ("app_protocol", Text))), unique: true);

    private static readonly ListShape Volumes = new(new UnionShape(Text, map: new ObjectShape(
        ("type", Choice("bind", "volume", "tmpfs", "cluster", "npipe", "image")), ("source", Text), ("target", Text), ("read_only", FlagOrText),
        ("consistency", Text),
        ("bind", new ObjectShape(
            ("propagation", Text), ("create_host_path", FlagOrText), ("recursive", Choice("enabled", "disabled", "writable", "readonly")),
            ("selinux", Choice("z", "Z")))),
        ("volume", new ObjectShape(("labels", Pairs), ("nocopy", FlagOrText), ("subpath", Text))),
        ("tmpfs", new ObjectShape(("size", new ScalarShape(Types.Integer | Types.String) { Minimum = 0 }), ("mode", NumberOrText))),
        ("image", new ObjectShape(("subpath", Text)))) { Required = ["type"] }), unique: true);

    private static readonly ScalarShape ContainerName = new(Types.String)
    {
        Pattern = (HasContainerName, "a container name has at least two letters, digits, `_`, `.` or `-` in a row, the first a letter or digit"),
    };

    internal static readonly ObjectShape Service = new(
        ("annotations", Pairs), ("attach", FlagOrText), ("blkio_config", BlkioConfig), ("build", Build), ("cap_add", Texts), ("cap_drop", Texts),
        ("cgroup", Choice("host", "private")), ("cgroup_parent", Text), ("command", Command), ("configs", FileMounts),
        ("container_name", ContainerName), ("cpu_count", new ScalarShape(Types.Integer | Types.String) { Minimum = 0 }),
        ("cpu_percent", new ScalarShape(Types.Integer | Types.String) { Minimum = 0, Maximum = 100 }), ("cpu_period", NumberOrText),
        ("cpu_quota", NumberOrText), ("cpu_rt_period", NumberOrText), ("cpu_rt_runtime", NumberOrText), ("cpu_shares", NumberOrText),
        ("cpus", NumberOrText), ("cpuset", Text),
        ("credential_spec", new ObjectShape(("config", Text), ("file", Text), ("registry", Text))), ("depends_on", DependsOn),
        ("deploy", DeploySchema.Deploy), ("develop", Develop), ("device_cgroup_rules", Texts), ("devices", Devices.List!), ("dns", TextOrList),
        ("dns_opt", Texts), ("dns_search", TextOrList), ("domainname", Text), ("entrypoint", Command), ("env_file", EnvFile),
        ("environment", Pairs), ("expose", new ListShape(NumberOrText, unique: true)),
        ("extends", new UnionShape(Text, map: new ObjectShape(("service", Text), ("file", Text)) { Required = ["service"], Extensible = false })),
        ("external_links", Texts), ("extra_hosts", Hosts), ("gpus", Gpus), ("group_add", new ListShape(NumberOrText, unique: true)),
        ("healthcheck", Healthcheck), ("hostname", Text), ("image", Text), ("init", FlagOrText), ("ipc", Text), ("isolation", Text),
        ("label_file", new UnionShape(Text, AnyTexts)), ("labels", Pairs), ("links", Texts),
        ("logging", new ObjectShape(("driver", Text), ("options", new MapShape(new ScalarShape(Types.String | Types.Number | Types.Null))))),
        ("mac_address", Text), ("mem_limit", NumberOrText), ("mem_reservation", IntegerOrText), ("mem_swappiness", IntegerOrText),
        ("memswap_limit", NumberOrText), ("models", Models), ("network_mode", Text), ("networks", Networks), ("oom_kill_disable", FlagOrText),
        ("oom_score_adj", new ScalarShape(Types.Integer | Types.String) { Minimum = -1000, Maximum = 1000 }),
        ("pid", new ScalarShape(Types.String | Types.Null)), ("pids_limit", NumberOrText), ("platform", Text), ("ports", Ports),
        ("post_start", new ListShape(Shapes.Hook)), ("pre_start", new ListShape(PreStartHook)), ("pre_stop", new ListShape(Shapes.Hook)), ("privileged", FlagOrText),
        ("profiles", Texts), ("provider", Provider), ("pull_policy", Text), ("pull_refresh_after", Text), ("read_only", FlagOrText),
        ("restart", Text), ("runtime", Text), ("scale", IntegerOrText), ("secrets", FileMounts), ("security_opt", Texts), ("shm_size", NumberOrText),
        ("stdin_open", FlagOrText), ("stop_grace_period", Text), ("stop_signal", Text), ("storage_opt", new MapShape(Any)), ("sysctls", Pairs),
        ("tmpfs", TextOrList), ("tty", FlagOrText), ("ulimits", Ulimits), ("use_api_socket", Flag), ("user", Text), ("userns_mode", Text),
        ("uts", Text), ("volumes", Volumes), ("volumes_from", Texts), ("working_dir", Text));

    /// <summary>[a-zA-Z0-9][a-zA-Z0-9_.-]+ anywhere in the name; the specification does not anchor it.</summary>
    private static bool HasContainerName(string name)
    {
        for (var i = 0; i + 1 < name.Length; i++)
            if (char.IsAsciiLetterOrDigit(name[i]) && (char.IsAsciiLetterOrDigit(name[i + 1]) || name[i + 1] is '_' or '.' or '-')) return true;
        return false;
    }
}
