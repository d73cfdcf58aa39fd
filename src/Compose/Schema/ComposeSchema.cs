using static Devoxx.Compose.Schema.Shapes;

namespace Devoxx.Compose.Schema;

/// <summary>
/// The shape of a whole Compose file: the specification's schema (compose-spec.json), which also says what is refused:
/// unknown keys, wrong types, duplicates.
/// </summary>
internal static class ComposeSchema
{
    private static readonly MapShape DriverOpts = Options;

    internal static readonly ObjectShape Network = new(
        ("name", Text), ("driver", Text), ("driver_opts", DriverOpts),
        ("ipam", new ObjectShape(
            ("driver", Text),
            ("config", new ListShape(new ObjectShape(("subnet", Text), ("ip_range", Text), ("gateway", Text), ("aux_addresses", new MapShape(Text))))),
            ("options", new MapShape(Text)))),
        ("external", External), ("internal", FlagOrText), ("enable_ipv4", FlagOrText), ("enable_ipv6", FlagOrText),
        ("attachable", FlagOrText), ("labels", Pairs)) { Nullable = true };

    internal static readonly ObjectShape Volume = new(
        ("name", Text), ("driver", Text), ("driver_opts", DriverOpts), ("external", External), ("labels", Pairs)) { Nullable = true };

    internal static readonly ObjectShape Secret = new(
        ("name", Text), ("environment", Text), ("file", Text), ("external", OpenExternal), ("labels", Pairs), ("driver", Text),
        ("driver_opts", DriverOpts), ("template_driver", Text));

    internal static readonly ObjectShape Config = new(
        ("name", Text), ("content", Text), ("environment", Text), ("file", Text), ("external", OpenExternal), ("labels", Pairs),
        ("template_driver", Text));

    internal static readonly ObjectShape Model = new(
        ("name", Text), ("model", Text), ("context_size", Integer), ("runtime_flags", AnyTexts)) { Required = ["model"] };

    internal static readonly UnionShape Include = new(Text, map: new ObjectShape(
        ("path", TextOrList), ("env_file", TextOrList), ("project_directory", Text)) { Extensible = false });

    internal static readonly ObjectShape File = new(
        ("version", Text), ("name", Text), ("include", new ListShape(Include)),
        ("services", new MapShape(ServiceSchema.Service) { IsName = IsName }),
        ("models", new MapShape(Model) { IsName = IsName, Open = true }),
        ("networks", new MapShape(Network) { IsName = IsName, Open = true }),
        ("volumes", new MapShape(Volume) { IsName = IsName }),
        ("secrets", new MapShape(Secret) { IsName = IsName }),
        ("configs", new MapShape(Config) { IsName = IsName }));
}
