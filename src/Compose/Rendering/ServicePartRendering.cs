namespace Devoxx.Compose.Rendering;

/// <summary>Writes the parts of a service from their records.</summary>
internal static partial class Render
{
    internal static void BlkioConfig(CanonicalWriter w, BlkioConfig v)
    {
        w.BeginObject();
        w.Number("weight", v.Weight);
        w.List("weight_device", v.WeightDevice, WeightDevice);
        w.List("device_read_bps", v.DeviceReadBps, ThrottleDevice);
        w.List("device_read_iops", v.DeviceReadIops, ThrottleDevice);
        w.List("device_write_bps", v.DeviceWriteBps, ThrottleDevice);
        w.List("device_write_iops", v.DeviceWriteIops, ThrottleDevice);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void WeightDevice(CanonicalWriter w, WeightDevice v)
    {
        w.BeginObject();
        w.AlwaysString(w.Key("Path", "path"), v.Path);
        w.AlwaysNumber(w.Key("Weight", "weight"), v.Weight);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void ThrottleDevice(CanonicalWriter w, ThrottleDevice v)
    {
        w.BeginObject();
        w.AlwaysString(w.Key("Path", "path"), v.Path);
        w.AlwaysBytes(w.Key("Rate", "rate"), v.Rate);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void DeviceMapping(CanonicalWriter w, DeviceMapping v)
    {
        w.BeginObject();
        w.String("source", v.Source);
        w.String("target", v.Target);
        w.String("permissions", v.Permissions);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Logging(CanonicalWriter w, Logging v)
    {
        w.BeginObject();
        w.String("driver", v.Driver);
        w.Mapping("options", v.Options);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Healthcheck(CanonicalWriter w, Healthcheck v)
    {
        w.BeginObject();
        w.Strings("test", v.Test);
        w.Duration("timeout", v.Timeout);
        w.Duration("interval", v.Interval);
        w.Number("retries", v.Retries);
        w.Duration("start_period", v.StartPeriod);
        w.Duration("start_interval", v.StartInterval);
        w.Flag("disable", v.Disable);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    /// <summary>The reference prints a required file as its path alone, and in YAML never its format.</summary>
    internal static void EnvFile(CanonicalWriter w, EnvFile v)
    {
        if (v.Required && !w.Lossless)
        {
            w.StringValue(v.Path ?? "");
            return;
        }
        w.BeginObject();
        w.String("path", v.Path);
        w.AlwaysFlag("required", v.Required);
        if (!w.IsYaml) w.String("format", v.Format);
        w.EndObject();
    }

    internal static void FileMount(CanonicalWriter w, FileMount v)
    {
        w.BeginObject();
        w.String("source", v.Source);
        w.String("target", v.Target);
        w.String("uid", v.Uid);
        w.String("gid", v.Gid);
        w.FileMode("mode", v.Mode);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void CredentialSpec(CanonicalWriter w, CredentialSpec v)
    {
        w.BeginObject();
        w.String("config", v.Config);
        w.String("file", v.File);
        w.String("registry", v.Registry);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Dependency(CanonicalWriter w, Dependency v)
    {
        w.BeginObject();
        w.String("condition", v.Condition);
        w.Flag("restart", v.Restart);
        w.AlwaysFlag("required", v.Required);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void ServiceNetwork(CanonicalWriter w, ServiceNetwork v)
    {
        w.BeginObject();
        w.Strings("aliases", v.Aliases);
        w.Mapping("driver_opts", v.DriverOpts);
        w.Number("gw_priority", v.GwPriority);
        w.String("interface_name", v.InterfaceName);
        w.String("ipv4_address", v.Ipv4Address);
        w.String("ipv6_address", v.Ipv6Address);
        w.Strings("link_local_ips", v.LinkLocalIps);
        w.String("mac_address", v.MacAddress);
        w.Number("priority", v.Priority);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void ServiceModel(CanonicalWriter w, ServiceModel v)
    {
        w.BeginObject();
        w.String("endpoint_var", v.EndpointVar);
        w.String("model_var", v.ModelVar);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void ServicePort(CanonicalWriter w, ServicePort v)
    {
        w.BeginObject();
        w.String("name", v.Name);
        w.String("mode", v.Mode);
        w.String("host_ip", v.HostIp);
        w.Number("target", v.Target);
        w.String("published", v.Published);
        w.String("protocol", v.Protocol);
        w.String("app_protocol", v.AppProtocol);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void ServiceVolume(CanonicalWriter w, ServiceVolume v)
    {
        w.BeginObject();
        w.String("type", v.Type);
        w.String("source", v.Source);
        w.String("target", v.Target);
        w.Flag("read_only", v.ReadOnly);
        w.String("consistency", v.Consistency);
        w.Object("bind", v.Bind, BindOptions);
        w.Object("volume", v.Volume, VolumeOptions);
        w.Object("tmpfs", v.Tmpfs, TmpfsOptions);
        w.Object("image", v.Image, ImageOptions);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void BindOptions(CanonicalWriter w, BindOptions v)
    {
        w.BeginObject();
        w.String("selinux", v.Selinux);
        w.String("propagation", v.Propagation);
        w.Flag("create_host_path", v.CreateHostPath);
        w.String("recursive", v.Recursive);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void VolumeOptions(CanonicalWriter w, VolumeOptions v)
    {
        w.BeginObject();
        w.Mapping("labels", v.Labels);
        w.Flag("nocopy", v.Nocopy);
        w.String("subpath", v.Subpath);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void TmpfsOptions(CanonicalWriter w, TmpfsOptions v)
    {
        w.BeginObject();
        w.Bytes("size", v.Size);
        w.Number("mode", v.Mode);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void ImageOptions(CanonicalWriter w, ImageOptions v)
    {
        w.BeginObject();
        w.String("subpath", v.Subpath);
        w.Extensions(v.Extensions);
        w.EndObject();
    }
}
