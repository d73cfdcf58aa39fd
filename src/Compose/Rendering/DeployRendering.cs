namespace Devoxx.Compose.Rendering;

/// <summary>Writes the `deploy` section from its records.</summary>
internal static partial class Render
{
    internal static void Deploy(CanonicalWriter w, Deploy v)
    {
        w.BeginObject();
        w.String("mode", v.Mode);
        w.Number("replicas", v.Replicas);
        w.Mapping("labels", v.Labels);
        w.Object("update_config", v.UpdateConfig, UpdateConfig);
        w.Object("rollback_config", v.RollbackConfig, UpdateConfig);
        w.Struct("resources", v.Resources, Resources);
        w.Object("restart_policy", v.RestartPolicy, RestartPolicy);
        w.Struct("placement", v.Placement, Placement);
        w.String("endpoint_mode", v.EndpointMode);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void UpdateConfig(CanonicalWriter w, UpdateConfig v)
    {
        w.BeginObject();
        w.Number("parallelism", v.Parallelism);
        w.Duration("delay", v.Delay);
        w.String("failure_action", v.FailureAction);
        w.Duration("monitor", v.Monitor);
        w.Float("max_failure_ratio", v.MaxFailureRatio);
        w.String("order", v.Order);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Resources(CanonicalWriter w, Resources v)
    {
        w.BeginObject();
        w.Object("limits", v.Limits, Resource);
        w.Object("reservations", v.Reservations, Resource);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Resource(CanonicalWriter w, Resource v)
    {
        w.BeginObject();
        w.Float("cpus", v.Cpus);
        w.Bytes("memory", v.Memory);
        w.Number("pids", v.Pids);
        w.List("devices", v.Devices, DeviceRequest);
        w.List("generic_resources", v.GenericResources, GenericResource);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void GenericResource(CanonicalWriter w, GenericResource v)
    {
        w.BeginObject();
        w.Object("discrete_resource_spec", v.DiscreteResourceSpec, DiscreteResource);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void DiscreteResource(CanonicalWriter w, DiscreteResource v)
    {
        w.BeginObject();
        w.AlwaysString("kind", v.Kind);
        w.AlwaysNumber("value", v.Value);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void RestartPolicy(CanonicalWriter w, RestartPolicy v)
    {
        w.BeginObject();
        w.String("condition", v.Condition);
        w.Duration("delay", v.Delay);
        w.Number("max_attempts", v.MaxAttempts);
        w.Duration("window", v.Window);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Placement(CanonicalWriter w, Placement v)
    {
        w.BeginObject();
        w.Strings("constraints", v.Constraints);
        w.List("preferences", v.Preferences, PlacementPreference);
        w.Number("max_replicas_per_node", v.MaxReplicasPerNode);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void PlacementPreference(CanonicalWriter w, PlacementPreference v)
    {
        w.BeginObject();
        w.String("spread", v.Spread);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void DeviceRequest(CanonicalWriter w, DeviceRequest v)
    {
        w.BeginObject();
        w.Strings("capabilities", v.Capabilities);
        w.String("driver", v.Driver);
        w.Number("count", v.Count);
        w.Strings("device_ids", v.DeviceIds);
        w.Mapping("options", v.Options);
        w.EndObject();
    }
}
