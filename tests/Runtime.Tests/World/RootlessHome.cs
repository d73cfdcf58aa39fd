using System.Text.Json;
using Devoxx.Native.Files;
using Devoxx.Oci;

namespace Devoxx.Runtime.Tests.World;

/// <summary>A bundle and a runtime of an ordinary user's own, where somebody else than root may look; a container <c>one</c> in it has that user for its root.</summary>
public sealed class RootlessHome : IDisposable
{
    public const uint Nobody = 65534;

    public RootlessHome()
    {
        Command.Run("cp", "-a", Published.Rootfs, Path + "/rootfs").Succeeded();
        Command.Run("cp", Published.Executable, Path + "/devoxx-runtime").Succeeded();
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("dvx-").FullName;

    /// <summary>Has that user run the command that is to follow.</summary>
    public static string[] AsUser => ["setpriv", "--reuid", $"{Nobody}", "--regid", $"{Nobody}", "--clear-groups"];

    /// <summary>The runtime as that user; a verb with its options is to follow.</summary>
    public string[] Runtime => [.. AsUser, Path + "/devoxx-runtime", "--root", Path + "/state"];

    public string[] RunOne => ["run", "--bundle", Path, "one"];

    public void Write(LinuxResources? resources, string? cgroupsPath, params string[] command)
    {
        IdMapping[] self = [new IdMapping { ContainerId = 0, HostId = Nobody, Size = 1 }];
        var spec = Specs.Default(Path, "one", command);
        spec = spec with
        {
            Mounts = [.. spec.Mounts!.Where(m => m.Type is "proc" or "tmpfs" or "mqueue"), new Mount { Destination = "/sys", Type = "none", Source = "/sys", Options = ["rbind", "ro"] }],
            Linux = new LinuxSpec
            {
                Namespaces = [new("pid"), new("ipc"), new("uts"), new("mount"), new("user")], UidMappings = self, GidMappings = self, Resources = resources,
                CgroupsPath = cgroupsPath, MaskedPaths = ["/proc/kcore"], ReadonlyPaths = ["/proc/sys"],
            },
        };
        File.WriteAllBytes(Path + "/config.json", JsonSerializer.SerializeToUtf8Bytes(spec, OciJson.Default.RuntimeSpec));
        Command.Run("chown", "-R", $"{Nobody}:{Nobody}", Path).Succeeded();
    }

    public void Dispose() => SafeTree.Delete(Path);
}
