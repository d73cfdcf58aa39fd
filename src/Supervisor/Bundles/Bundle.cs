using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Devoxx.Images;
using Devoxx.Native.Failpoints;
using Devoxx.Oci;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Bundles;

/// <summary>Writes a container's OCI bundle: <c>config.json</c>, and the files under <c>etc</c> that are mounted over the image's.</summary>
internal static class Bundle
{
    /// <param name="sources">The host's path of each volume and bind mount, by target.</param>
    /// <exception cref="ImageException">The image is gone from the store, or does not know the user.</exception>
    public static void Write(ContainerSpec spec, SupervisorEnvironment environment, string cgroupPath, ImmutableDictionary<string, string> sources)
    {
        var image = environment.Images.Find(spec.ImageId)
            ?? throw new ImageException($"image {spec.Image} ({spec.ImageId[..19]}) is no longer in the store; `up --force-recreate` makes the container anew");
        var bundle = environment.Root.Bundle(spec.Id);
        var runtimeSpec = RuntimeSpecBuilder.Build(spec, new BundleInput(
            bundle,
            cgroupPath,
            image.LayerDirectories,
            UserLookup.Resolve(image.LayerDirectories.Add(bundle + "/upper"), spec.User),
            sources,
            HostCapabilities.All,
            spec.Privileged ? HostDevices.All() : []));
        File.WriteAllBytes(bundle + "/config.json", JsonSerializer.SerializeToUtf8Bytes(runtimeSpec, OciJson.Default.RuntimeSpec));
        Failpoint.Reach("bundle.half-written");
        File.WriteAllText(bundle + "/etc/hostname", spec.Hostname + "\n");
        File.WriteAllText(bundle + "/etc/hosts", Hosts(spec));
        File.WriteAllText(bundle + "/etc/resolv.conf", spec.NetworkMode == "host" ? ReadOr("/etc/resolv.conf", "") : "");
    }

    private static string Hosts(ContainerSpec spec)
    {
        if (spec.NetworkMode == "host")
        {
            return ReadOr("/etc/hosts", "127.0.0.1\tlocalhost\n");
        }

        var text = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        text.Append("127.0.0.1\t");
        if (spec.Domainname is { } domain)
        {
            text.Append(spec.Hostname).Append('.').Append(domain).Append(' ');
        }

        return text.Append(spec.Hostname).Append('\n').ToString();
    }

    private static string ReadOr(string path, string otherwise)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (FileNotFoundException)
        {
            return otherwise;
        }
    }
}
