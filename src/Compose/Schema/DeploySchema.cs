using static Devoxx.Compose.Schema.Shapes;

namespace Devoxx.Compose.Schema;

/// <summary>The shape of `deploy`.</summary>
internal static class DeploySchema
{
    private static readonly ObjectShape UpdateConfig = new(
        ("parallelism", IntegerOrText), ("delay", Text), ("failure_action", Text), ("monitor", Text), ("max_failure_ratio", NumberOrText),
        ("order", Choice("start-first", "stop-first")));

    private static readonly ListShape GenericResources = new(new ObjectShape(
        ("discrete_resource_spec", new ObjectShape(("kind", Text), ("value", NumberOrText)))));

    internal static readonly ObjectShape Deploy = new(
        ("mode", Text), ("endpoint_mode", Text), ("replicas", IntegerOrText), ("labels", Pairs), ("rollback_config", UpdateConfig),
        ("update_config", UpdateConfig),
        ("resources", new ObjectShape(
            ("limits", new ObjectShape(("cpus", NumberOrText), ("memory", Text), ("pids", IntegerOrText))),
            ("reservations", new ObjectShape(("cpus", NumberOrText), ("memory", Text), ("generic_resources", GenericResources), ("devices", DeviceRequests))))),
        ("restart_policy", new ObjectShape(("condition", Text), ("delay", Text), ("max_attempts", IntegerOrText), ("window", Text))),
        ("placement", new ObjectShape(
            ("constraints", AnyTexts), ("preferences", new ListShape(new ObjectShape(("spread", Text)))), ("max_replicas_per_node", IntegerOrText))))
    {
        Nullable = true,
    };
}
