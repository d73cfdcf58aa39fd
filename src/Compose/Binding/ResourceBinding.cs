using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Binding;

/// <summary>Reads the top-level resources into their records.</summary>
internal static partial class Bind
{
    internal static Network Network(MappingNode m, Binder b) => new()
    {
        Name = b.String(m.Find("name")),
        Driver = b.String(m.Find("driver")),
        DriverOpts = b.Options(m.Find("driver_opts")),
        Ipam = b.Object(m.Find("ipam"), Ipam) ?? new(),
        External = b.Flag(m.Find("external")),
        Internal = b.Flag(m.Find("internal")),
        Attachable = b.Flag(m.Find("attachable")),
        Labels = b.Labels(m.Find("labels")),
        EnableIpv4 = b.OptionalFlag(m.Find("enable_ipv4")),
        EnableIpv6 = b.OptionalFlag(m.Find("enable_ipv6")),
        Extensions = b.Extensions(m),
    };

    internal static Ipam Ipam(MappingNode m, Binder b) => new()
    {
        Driver = b.String(m.Find("driver")),
        Config = b.List(m.Find("config"), IpamPool),
        Extensions = b.Extensions(m),
    };

    internal static IpamPool IpamPool(MappingNode m, Binder b) => new()
    {
        Subnet = b.String(m.Find("subnet")),
        Gateway = b.String(m.Find("gateway")),
        IpRange = b.String(m.Find("ip_range")),
        AuxAddresses = b.Mapping(m.Find("aux_addresses")),
        Extensions = b.Extensions(m),
    };

    internal static Volume Volume(MappingNode m, Binder b) => new()
    {
        Name = b.String(m.Find("name")),
        Driver = b.String(m.Find("driver")),
        DriverOpts = b.Options(m.Find("driver_opts")),
        External = b.Flag(m.Find("external")),
        Labels = b.Labels(m.Find("labels")),
        Extensions = b.Extensions(m),
    };

    internal static FileObject FileObject(MappingNode m, Binder b) => new()
    {
        Name = b.String(m.Find("name")),
        File = b.String(m.Find("file")),
        Environment = b.String(m.Find("environment")),
        Content = b.String(m.Find("content")),
        External = b.Flag(m.Find("external")),
        Labels = b.Labels(m.Find("labels")),
        Driver = b.String(m.Find("driver")),
        DriverOpts = b.StringMapping(m.Find("driver_opts")),
        TemplateDriver = b.String(m.Find("template_driver")),
        Extensions = b.Extensions(m),
    };

    internal static LanguageModel LanguageModel(MappingNode m, Binder b) => new()
    {
        Name = b.String(m.Find("name")),
        Model = b.String(m.Find("model")),
        ContextSize = b.NonZero(m.Find("context_size")),
        RuntimeFlags = b.Strings(m.Find("runtime_flags")),
        Extensions = b.Extensions(m),
    };
}
