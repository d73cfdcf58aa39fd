using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Binding;

/// <summary>Reads the parts of a service into their records.</summary>
internal static partial class Bind
{
    internal static BlkioConfig BlkioConfig(MappingNode m, Binder b) => new()
    {
        Weight = b.NonZeroUnsigned(m.Find("weight")),
        WeightDevice = b.List(m.Find("weight_device"), WeightDevice),
        DeviceReadBps = b.List(m.Find("device_read_bps"), ThrottleDevice),
        DeviceReadIops = b.List(m.Find("device_read_iops"), ThrottleDevice),
        DeviceWriteBps = b.List(m.Find("device_write_bps"), ThrottleDevice),
        DeviceWriteIops = b.List(m.Find("device_write_iops"), ThrottleDevice),
        Extensions = b.Extensions(m),
    };

    internal static WeightDevice WeightDevice(MappingNode m, Binder b) => new()
    {
        Path = b.StringOrEmpty(m.Find("path") ?? m.Find("Path")),
        Weight = b.UnsignedOrZero(m.Find("weight") ?? m.Find("Weight")),
        Extensions = b.Extensions(m),
    };

    internal static ThrottleDevice ThrottleDevice(MappingNode m, Binder b) => new()
    {
        Path = b.StringOrEmpty(m.Find("path") ?? m.Find("Path")),
        Rate = b.BytesOrZero(m.Find("rate") ?? m.Find("Rate")),
        Extensions = b.Extensions(m),
    };

    internal static DeviceMapping DeviceMapping(MappingNode m, Binder b) => new()
    {
        Source = b.String(m.Find("source")),
        Target = b.String(m.Find("target")),
        Permissions = b.String(m.Find("permissions")),
        Extensions = b.Extensions(m),
    };

    internal static Logging Logging(MappingNode m, Binder b) => new()
    {
        Driver = b.String(m.Find("driver")),
        Options = b.Options(m.Find("options")),
        Extensions = b.Extensions(m),
    };

    internal static Healthcheck Healthcheck(MappingNode m, Binder b) => new()
    {
        Test = b.HealthcheckTest(m.Find("test")),
        Timeout = b.Duration(m.Find("timeout")),
        Interval = b.Duration(m.Find("interval")),
        Retries = b.Unsigned(m.Find("retries")),
        StartPeriod = b.Duration(m.Find("start_period")),
        StartInterval = b.Duration(m.Find("start_interval")),
        Disable = b.Flag(m.Find("disable")),
        Extensions = b.Extensions(m),
    };

    internal static EnvFile EnvFile(MappingNode m, Binder b) => new()
    {
        Path = b.String(m.Find("path")),
        Required = b.Flag(m.Find("required")),
        Format = b.String(m.Find("format")),
    };

    internal static FileMount FileMount(MappingNode m, Binder b) => new()
    {
        Source = b.String(m.Find("source")),
        Target = b.String(m.Find("target")),
        Uid = b.String(m.Find("uid")),
        Gid = b.String(m.Find("gid")),
        Mode = b.FileMode(m.Find("mode")),
        Extensions = b.Extensions(m),
    };

    internal static CredentialSpec CredentialSpec(MappingNode m, Binder b) => new()
    {
        Config = b.String(m.Find("config")),
        File = b.String(m.Find("file")),
        Registry = b.String(m.Find("registry")),
        Extensions = b.Extensions(m),
    };

    internal static Dependency Dependency(MappingNode m, Binder b) => new()
    {
        Condition = b.String(m.Find("condition")),
        Restart = b.Flag(m.Find("restart")),
        Required = b.Flag(m.Find("required")),
        Extensions = b.Extensions(m),
    };

    internal static ServiceNetwork ServiceNetwork(MappingNode m, Binder b) => new()
    {
        Aliases = b.Strings(m.Find("aliases")),
        DriverOpts = b.Options(m.Find("driver_opts")),
        GwPriority = b.NonZero(m.Find("gw_priority")),
        InterfaceName = b.String(m.Find("interface_name")),
        Ipv4Address = b.String(m.Find("ipv4_address")),
        Ipv6Address = b.String(m.Find("ipv6_address")),
        LinkLocalIps = b.Strings(m.Find("link_local_ips")),
        MacAddress = b.String(m.Find("mac_address")),
        Priority = b.NonZero(m.Find("priority")),
        Extensions = b.Extensions(m),
    };

    internal static ServiceModel ServiceModel(MappingNode m, Binder b) => new()
    {
        EndpointVar = b.String(m.Find("endpoint_var")),
        ModelVar = b.String(m.Find("model_var")),
        Extensions = b.Extensions(m),
    };

    internal static ServicePort ServicePort(MappingNode m, Binder b) => new()
    {
        Name = b.String(m.Find("name")),
        Mode = b.String(m.Find("mode")),
        HostIp = b.String(m.Find("host_ip")),
        Target = b.NonZeroUnsigned(m.Find("target")),
        Published = b.String(m.Find("published")),
        Protocol = b.String(m.Find("protocol")),
        AppProtocol = b.String(m.Find("app_protocol")),
        Extensions = b.Extensions(m),
    };

    internal static ServiceVolume ServiceVolume(MappingNode m, Binder b) => new()
    {
        Type = b.String(m.Find("type")),
        Source = b.String(m.Find("source")),
        Target = b.String(m.Find("target")),
        ReadOnly = b.Flag(m.Find("read_only")),
        Consistency = b.String(m.Find("consistency")),
        Bind = b.Object(m.Find("bind"), BindOptions),
        Volume = b.Object(m.Find("volume"), VolumeOptions),
        Tmpfs = b.Object(m.Find("tmpfs"), TmpfsOptions),
        Image = b.Object(m.Find("image"), ImageOptions),
        Extensions = b.Extensions(m),
    };

    internal static BindOptions BindOptions(MappingNode m, Binder b) => new()
    {
        Selinux = b.String(m.Find("selinux")),
        Propagation = b.String(m.Find("propagation")),
        CreateHostPath = b.Flag(m.Find("create_host_path")),
        Recursive = b.String(m.Find("recursive")),
        Extensions = b.Extensions(m),
    };

    internal static VolumeOptions VolumeOptions(MappingNode m, Binder b) => new()
    {
        Labels = b.Mapping(m.Find("labels")),
        Nocopy = b.Flag(m.Find("nocopy")),
        Subpath = b.String(m.Find("subpath")),
        Extensions = b.Extensions(m),
    };

    internal static TmpfsOptions TmpfsOptions(MappingNode m, Binder b) => new()
    {
        Size = b.Bytes(m.Find("size")),
        Mode = b.NonZeroUnsigned(m.Find("mode")),
        Extensions = b.Extensions(m),
    };

    internal static ImageOptions ImageOptions(MappingNode m, Binder b) => new()
    {
        Subpath = b.String(m.Find("subpath")),
        Extensions = b.Extensions(m),
    };
}
