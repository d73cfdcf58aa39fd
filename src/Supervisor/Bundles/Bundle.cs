using System.Text.Json;
using Devoxx.Images;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Mounts;
using Devoxx.Oci;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Runtimes;
using Devoxx.Supervisor.Seccomp;

namespace Devoxx.Supervisor.Bundles;

/// <summary>Writes a container's OCI bundle: <c>config.json</c>, and the files under <c>etc</c> that are mounted over the image's.</summary>
internal static class Bundle
{
    /// <summary>What a container that notifies has at <see cref="MountsBuilder.NotifyDirectory"/>.</summary>
    public static string NotifyDirectory(StateRoot root, string containerId) => root.Bundle(containerId) + "/notify";

    /// <param name="sources">The host's path of each volume and bind mount, by target.</param>
    /// <param name="network">What the run has been given.</param>
    /// <param name="shared">Namespaces of others that it enters; null: none.</param>
    /// <exception cref="ImageException">The image is gone from the store, or does not know the user.</exception>
    public static void Write(ContainerSpec spec, SupervisorEnvironment environment, string cgroupPath, VolumeSubpaths sources, ContainerNetwork network, SharedNamespaces? shared)
    {
        spec = spec.Hostname.Length == 0 ? spec with { Hostname = Environment.MachineName } : spec;
        var image = environment.Images.Find(spec.ImageId)
            ?? throw new ImageException($"image {spec.Image} ({spec.ImageId[..19]}) is no longer in the store; `up --force-recreate` makes the container anew");
        var bundle = environment.Root.Bundle(spec.Id);
        var seccomp = SeccompProfiles.Of(spec, CapabilitySet.Of(spec, HostCapabilities.All));
        var runtimeSpec = RuntimeSpecBuilder.Build(spec, new BundleInput(
            bundle,
            cgroupPath,
            image.LayerDirectories,
            UserLookup.Resolve(image.LayerDirectories.Add(bundle + "/upper"), spec.User, spec.GroupAdd ?? []),
            sources.Sources,
            HostCapabilities.All,
            [.. spec.Privileged ? HostDevices.All() : [], .. (spec.Devices ?? []).SelectMany(device => HostDevices.At(device.Source, device.Target))],
            network.NamespacePath,
            shared,
            seccomp,
            seccomp is null ? null : SeccompProfiles.FilterPath(environment.Root, seccomp))
        {
            Detached = sources.Detached,
            RecursiveReadOnly = MountApi.HasDescriptors,
        });
        ContainerFiles.Write(spec, bundle);
        File.WriteAllBytes(bundle + "/config.json", JsonSerializer.SerializeToUtf8Bytes(runtimeSpec, OciJson.Default.RuntimeSpec));
        if (spec.Runtime is { } runtime)
        {
            WriteStandard(spec, bundle, runtimeSpec, runtime);
        }

        Failpoint.Reach("bundle.half-written");
        WriteNames(spec, environment.Root, network, bundle + "/etc/");
    }

    /// <summary>A bundle inside of the bundle, for a runtime that is not ours.</summary>
    private static void WriteStandard(ContainerSpec spec, string bundle, RuntimeSpec own, string runtime)
    {
        var directory = ForeignRuntime.BundleIn(bundle);
        Directory.CreateDirectory(directory + "/rootfs");
        IEnumerable<DeviceRule> devices = spec.Privileged
            ? [new DeviceRule(true, Access: "rwm")]
            : CgroupEffects.Devices(spec.Limits).Select(rule => new DeviceRule(rule.Allow, rule.Type.ToString(), rule.Major, rule.Minor, rule.Access));
        var standard = StandardSpec.Of(own, [.. devices], spec.Init ? InstalledRuntimes.Init(runtime) : null);
        File.WriteAllBytes(directory + "/config.json", JsonSerializer.SerializeToUtf8Bytes(standard, OciJson.Default.RuntimeSpec));
    }

    private static void WriteNames(ContainerSpec spec, StateRoot root, ContainerNetwork network, string etc)
    {
        if (network.DonorId is { } donor)
        {
            // Who shares a network shares its names: a copy, for the donor's own are written anew at its next start.
            var of = root.Bundle(donor) + "/etc/";
            File.WriteAllText(etc + "hostname", spec.Hostname + "\n");
            File.WriteAllText(etc + "hosts", ReadOr(of + "hosts", NetworkFiles.Hosts(spec, network)) + NetworkFiles.Extra(spec, network));
            File.WriteAllText(etc + "resolv.conf", ReadOr(of + "resolv.conf", ""));
            return;
        }

        File.WriteAllText(etc + "hostname", spec.Hostname + "\n");
        File.WriteAllText(etc + "hosts", spec.NetworkMode == "host"
            ? ReadOr("/etc/hosts", "127.0.0.1\tlocalhost\n") + NetworkFiles.Extra(spec, network)
            : NetworkFiles.Hosts(spec, network));
        File.WriteAllText(etc + "resolv.conf", NetworkFiles.ResolvConf(spec, network, ReadOr("/etc/resolv.conf", "")));
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
