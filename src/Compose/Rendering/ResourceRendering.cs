namespace Devoxx.Compose.Rendering;

/// <summary>Writes the top-level resources from their records.</summary>
internal static partial class Render
{
    internal static void Network(CanonicalWriter w, Network v)
    {
        w.BeginObject();
        w.String("name", v.Name);
        w.String("driver", v.Driver);
        w.Mapping("driver_opts", v.DriverOpts);
        w.Struct("ipam", v.Ipam, Ipam);
        w.Flag("external", v.External);
        w.Flag("internal", v.Internal);
        w.Flag("attachable", v.Attachable);
        w.Mapping("labels", v.Labels);
        w.OptionalFlag("enable_ipv4", v.EnableIpv4);
        w.OptionalFlag("enable_ipv6", v.EnableIpv6);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Ipam(CanonicalWriter w, Ipam v)
    {
        w.BeginObject();
        w.String("driver", v.Driver);
        w.List("config", v.Config, IpamPool);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void IpamPool(CanonicalWriter w, IpamPool v)
    {
        w.BeginObject();
        w.String("subnet", v.Subnet);
        w.String("gateway", v.Gateway);
        w.String("ip_range", v.IpRange);
        w.Mapping("aux_addresses", v.AuxAddresses);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void Volume(CanonicalWriter w, Volume v)
    {
        w.BeginObject();
        w.String("name", v.Name);
        w.String("driver", v.Driver);
        w.Mapping("driver_opts", v.DriverOpts);
        w.Flag("external", v.External);
        w.Mapping("labels", v.Labels);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void FileObject(CanonicalWriter w, FileObject v)
    {
        w.BeginObject();
        w.String("name", v.Name);
        w.String("file", v.File);
        w.String("environment", v.Environment);
        w.String("content", v.Content);
        w.Flag("external", v.External);
        w.Mapping("labels", v.Labels);
        w.String("driver", v.Driver);
        w.Mapping("driver_opts", v.DriverOpts);
        w.String("template_driver", v.TemplateDriver);
        w.Extensions(v.Extensions);
        w.EndObject();
    }

    internal static void LanguageModel(CanonicalWriter w, LanguageModel v)
    {
        w.BeginObject();
        w.String("name", v.Name);
        w.String("model", v.Model);
        w.Number("context_size", v.ContextSize);
        w.Strings("runtime_flags", v.RuntimeFlags);
        w.Extensions(v.Extensions);
        w.EndObject();
    }
}
