using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Binding;

/// <summary>Reads the `deploy` section into its records.</summary>
internal static partial class Bind
{
    internal static Deploy Deploy(MappingNode m, Binder b) => new()
    {
        Mode = b.String(m.Find("mode")),
        Replicas = b.Integer(m.Find("replicas")),
        Labels = b.Labels(m.Find("labels")),
        UpdateConfig = b.Object(m.Find("update_config"), UpdateConfig),
        RollbackConfig = b.Object(m.Find("rollback_config"), UpdateConfig),
        Resources = b.Object(m.Find("resources"), Resources) ?? new(),
        RestartPolicy = b.Object(m.Find("restart_policy"), RestartPolicy),
        Placement = b.Object(m.Find("placement"), Placement) ?? new(),
        EndpointMode = b.String(m.Find("endpoint_mode")),
        Extensions = b.Extensions(m),
    };

    internal static UpdateConfig UpdateConfig(MappingNode m, Binder b) => new()
    {
        Parallelism = b.Unsigned(m.Find("parallelism")),
        Delay = b.NonZeroDuration(m.Find("delay")),
        FailureAction = b.String(m.Find("failure_action")),
        Monitor = b.NonZeroDuration(m.Find("monitor")),
        MaxFailureRatio = b.Float(m.Find("max_failure_ratio")),
        Order = b.String(m.Find("order")),
        Extensions = b.Extensions(m),
    };

    internal static Resources Resources(MappingNode m, Binder b) => new()
    {
        Limits = b.Object(m.Find("limits"), Resource),
        Reservations = b.Object(m.Find("reservations"), Resource),
        Extensions = b.Extensions(m),
    };

    internal static Resource Resource(MappingNode m, Binder b) => new()
    {
        Cpus = b.Cpus(m.Find("cpus")),
        Memory = b.Bytes(m.Find("memory")),
        Pids = b.NonZero(m.Find("pids")),
        Devices = b.List(m.Find("devices"), DeviceRequest),
        GenericResources = b.List(m.Find("generic_resources"), GenericResource),
        Extensions = b.Extensions(m),
    };

    internal static GenericResource GenericResource(MappingNode m, Binder b) => new()
    {
        DiscreteResourceSpec = b.Object(m.Find("discrete_resource_spec"), DiscreteResource),
        Extensions = b.Extensions(m),
    };

    internal static DiscreteResource DiscreteResource(MappingNode m, Binder b) => new()
    {
        Kind = b.StringOrEmpty(m.Find("kind")),
        Value = b.IntegerOrZero(m.Find("value")),
        Extensions = b.Extensions(m),
    };

    internal static RestartPolicy RestartPolicy(MappingNode m, Binder b) => new()
    {
        Condition = b.String(m.Find("condition")),
        Delay = b.Duration(m.Find("delay")),
        MaxAttempts = b.Unsigned(m.Find("max_attempts")),
        Window = b.Duration(m.Find("window")),
        Extensions = b.Extensions(m),
    };

    internal static Placement Placement(MappingNode m, Binder b) => new()
    {
        Constraints = b.Strings(m.Find("constraints")),
        Preferences = b.List(m.Find("preferences"), PlacementPreference),
        MaxReplicasPerNode = b.NonZeroUnsigned(m.Find("max_replicas_per_node")),
        Extensions = b.Extensions(m),
    };

    internal static PlacementPreference PlacementPreference(MappingNode m, Binder b) => new()
    {
        Spread = b.String(m.Find("spread")),
        Extensions = b.Extensions(m),
    };

    internal static DeviceRequest DeviceRequest(MappingNode m, Binder b) => new()
    {
        Capabilities = b.Strings(m.Find("capabilities")),
        Driver = b.String(m.Find("driver")),
        Count = b.DeviceCount(m.Find("count")),
        DeviceIds = b.Strings(m.Find("device_ids")),
        Options = b.Mapping(m.Find("options")),
    };
}
