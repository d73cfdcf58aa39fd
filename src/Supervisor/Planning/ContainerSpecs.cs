using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Compose;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Planning;

/// <summary>What a plan knows of an image.</summary>
/// <param name="Id">The digest of its configuration.</param>
public sealed record PlannedImage(string Id, ImageConfig Config);

/// <summary>From a service and its image to what one container is. Pure.</summary>
internal static class ContainerSpecs
{
    /// <param name="inherited">Anonymous volumes of the container that this one replaces.</param>
    /// <param name="given">Mounts of the containers of <c>volumes_from</c>.</param>
    /// <exception cref="FormatException">Something the service says cannot be honoured; the message says what.</exception>
    public static ContainerSpec Make(
        Project project, string serviceName, Service service, int number, PlannedImage image, string hash, Func<string> newId, ImmutableArray<MountSpec> inherited,
        ImmutableArray<MountSpec> given)
    {
        var config = image.Config;
        var id = newId();
        var arguments = Arguments(service, config);
        if (arguments.IsEmpty)
        {
            throw new FormatException($"neither the file nor the image {ConfigOutput.ImageOf(project, serviceName)} says what to run; say `command:`");
        }

        var files = ServiceFileMounts.Of(project, service);
        var mounts = ServiceMounts.Of(project, service, config, newId, inherited, given);
        return new ContainerSpec
        {
            Id = id,
            Name = NameOf(project, serviceName, service, number),
            Project = project.Name,
            Service = serviceName,
            Number = number,
            Image = ConfigOutput.ImageOf(project, serviceName),
            ImageId = image.Id,
            ConfigHash = hash,
            Arguments = arguments,
            Environment = Environment(service, config),
            WorkingDirectory = service.WorkingDir ?? (string.IsNullOrEmpty(config.WorkingDir) ? "/" : config.WorkingDir),
            User = service.User ?? config.User ?? "",
            Hostname = service.Hostname ?? (service.NetworkMode == "host" || service.Uts == "host" ? "" : id[..12]),
            Domainname = service.Domainname,
            // A volume that the service has at the same place goes before a config or secret.
            Mounts = [.. mounts, .. files.Mounts.Where(file => mounts.All(mount => mount.Target != file.Target)).DistinctBy(file => file.Target)],
            Files = files.Files.IsEmpty ? null : files.Files,
            Devices = service.Devices.IsEmpty ? null : ServiceDevices.Nodes(service),
            GroupAdd = service.GroupAdd.IsEmpty ? null : service.GroupAdd,
            Annotations = service.Annotations.IsEmpty ? null : service.Annotations,
            Limits = Limits(service),
            Health = HealthSpecs.Of(service, config),
            Restart = RestartPolicies.Of(service),
            Notify = DevoxxExtension.Of(service) is { Notify: true } said ? new NotifySpec(said.Watchdog) : null,
            StopSignal = Signal(service.StopSignal ?? config.StopSignal ?? "SIGTERM"),
            StopGracePeriod = service.StopGracePeriod ?? TimeSpan.FromSeconds(10),
            Runtime = InstalledRuntimes.NameOf(service.Runtime),
            Init = service.Init ?? false,
            CapAdd = service.CapAdd,
            CapDrop = service.CapDrop,
            Privileged = service.Privileged,
            NoNewPrivileges = SecurityOptions.NoNewPrivileges(service),
            Seccomp = SecurityOptions.Seccomp(service, project.WorkingDir),
            AppArmor = SecurityOptions.AppArmor(service),
            SystemPathsUnconfined = SecurityOptions.SystemPathsUnconfined(service),
            Ulimits = service.Ulimits.ToImmutableSortedDictionary(u => u.Key, u => new UlimitSpec(u.Value.Soft, u.Value.Hard)),
            Sysctls = service.Sysctls,
            Tty = service.Tty,
            StdinOpen = service.StdinOpen,
            Log = Log(service),
            NetworkMode = ServiceNetworking.Mode(project, service),
            Networking = ServiceNetworking.Of(project, serviceName, service, config),
            Namespaces = ServiceNamespaces.Of(project, service),
            CgroupParent = ServiceNamespaces.CgroupParent(service),
            PostStart = ServiceHooks.Of("post_start", service.PostStart),
            PreStop = ServiceHooks.Of("pre_stop", service.PreStop),
            ReadOnly = service.ReadOnly,
            OomScoreAdj = (int?)service.OomScoreAdj,
            ShmSize = service.ShmSize ?? 64L << 20,
            Labels = Labels(project, serviceName, service, number, hash, config),
        };
    }

    public static string NameOf(Project project, string serviceName, Service service, int number) =>
        service.ContainerName ?? $"{project.Name}-{serviceName}-{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>As Docker combines them: an entrypoint of the file's own does away with the image's command.</summary>
    public static ImmutableArray<string> Arguments(Service service, ImageConfig config)
    {
        var entrypoint = service.Entrypoint ?? [.. config.Entrypoint ?? []];
        var command = service.Command ?? (service.Entrypoint is null ? [.. config.Cmd ?? []] : []);
        return entrypoint.AddRange(command);
    }

    private static ImmutableArray<string> Environment(Service service, ImageConfig config)
    {
        var ofImage = (config.Env ?? []).Where(e => !service.Environment.ContainsKey(e.Split('=', 2)[0]));
        return [.. ofImage, .. service.Environment.Where(e => e.Value is not null).Select(e => e.Key + "=" + e.Value)];
    }

    private static ResourceLimits Limits(Service service)
    {
        var limits = service.Deploy?.Resources.Limits;
        var reservations = service.Deploy?.Resources.Reservations;
        var memory = service.MemLimit ?? limits?.Memory;
        return new ResourceLimits(
            Positive(memory),
            Positive(service.MemReservation ?? reservations?.Memory),
            service.MemswapLimit is { } swap and not 0 ? swap : null,
            service.MemSwappiness,
            service.OomKillDisable ? true : null,
            (service.Cpus ?? limits?.Cpus) is { } cpus and > 0 ? cpus : null,
            Positive(service.CpuQuota),
            Positive(service.CpuPeriod),
            Positive(service.CpuShares),
            string.IsNullOrEmpty(service.Cpuset) ? null : service.Cpuset,
            (service.PidsLimit ?? limits?.Pids) is { } pids and not 0 ? pids : null,
            ServiceDevices.Rules(service),
            ServiceBlockIo.Weight(service),
            ServiceBlockIo.Devices(service),
            Positive(service.CpuRtRuntime),
            Positive(service.CpuRtPeriod));

        static long? Positive(long? value) => value is > 0 ? value : null;
    }

    private static string Signal(string text) =>
        Native.Processes.Signal.TryParse(text) is null
            ? throw new FormatException($"stop_signal: {text} is not a signal; say e.g. SIGTERM, SIGINT or a number from 1 to 64")
            : text;

    private static LogSpec Log(Service service)
    {
        if (service.Logging is not { } logging)
        {
            return new LogSpec();
        }

        if (logging.Driver is not (null or "" or "json-file" or "local" or "none"))
        {
            throw new FormatException($"logging driver {logging.Driver} is not supported; json-file, local and none are");
        }

        long? size = logging.Options.TryGetValue("max-size", out var text)
            ? ByteSize.TryParse(text, out var bytes) && bytes > 0 ? bytes : throw new FormatException($"logging max-size: {text} is not a size; say e.g. 10m")
            : null;
        var files = logging.Options.TryGetValue("max-file", out text)
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
                ? count
                : throw new FormatException($"logging max-file: {text} is not a number of files from 1")
            : 1;
        return new LogSpec(string.IsNullOrEmpty(logging.Driver) ? "json-file" : logging.Driver, size, files);
    }

    private static ImmutableSortedDictionary<string, string> Labels(Project project, string serviceName, Service service, int number, string hash, ImageConfig config)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        labels.AddRange(config.Labels ?? ImmutableDictionary<string, string>.Empty);
        foreach (var (key, value) in service.Labels)
        {
            labels[key] = value;
        }

        labels["com.docker.compose.project"] = project.Name;
        labels["com.docker.compose.service"] = serviceName;
        labels["com.docker.compose.container-number"] = number.ToString(CultureInfo.InvariantCulture);
        labels["com.docker.compose.oneoff"] = "False";
        labels["com.docker.compose.config-hash"] = hash;
        labels["com.docker.compose.project.working_dir"] = project.WorkingDir;
        labels["com.docker.compose.project.config_files"] = string.Join(',', project.ComposeFiles);
        labels["com.docker.compose.version"] = SupervisorVersion.Text;
        return labels.ToImmutable();
    }
}
