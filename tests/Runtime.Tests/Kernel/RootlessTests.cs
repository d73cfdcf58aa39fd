using System.Text.Json;
using Devoxx.Native.Files;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The runtime started by an ordinary user, who is root in a user namespace of its own; the tests themselves as root.</summary>
public sealed class RootlessTests : IDisposable
{
    private const uint Nobody = 65534;

    // Where somebody else than root may look.
    private readonly string _home = Directory.CreateTempSubdirectory("dvx-").FullName;

    public RootlessTests()
    {
        Command.Run("cp", "-a", Published.Rootfs, _home + "/rootfs").Succeeded();
        Command.Run("cp", Published.Executable, _home + "/devoxx-runtime").Succeeded();
    }

    [Fact]
    public void A_container_of_ones_own_runs_and_leaves_nothing()
    {
        var run = Run("sh", "-c", "id -u; echo $(cat /proc/self/uid_map); touch /mine && echo written; hostname; exit 6");
        Assert.Equal((6, ""), (run.ExitCode, run.Error));
        Assert.Equal(["0", $"0 {Nobody} 1", "written", "box"], run.Lines);
        Assert.Equal($"{Nobody}\n", Command.Run("stat", "-c", "%u", _home + "/rootfs/mine").Output);
        Assert.Empty(Directory.GetFileSystemEntries(_home + "/state"));
    }

    [Fact]
    public void A_limit_without_a_cgroup_that_is_ones_own_is_refused_by_name()
    {
        var run = Run(new LinuxResources { Pids = new PidsResources(5) }, "true");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("/sys/fs/cgroup", run.Error);
    }

    public void Dispose() => SafeTree.Delete(_home);

    private Command Run(params string[] command) => Run(null, command);

    private Command Run(LinuxResources? resources, params string[] command)
    {
        IdMapping[] self = [new IdMapping { ContainerId = 0, HostId = Nobody, Size = 1 }];
        var spec = Specs.Default(_home, "one", command);
        spec = spec with
        {
            Mounts = [.. spec.Mounts!.Where(m => m.Type is "proc" or "tmpfs" or "mqueue"), new Mount { Destination = "/sys", Type = "none", Source = "/sys", Options = ["rbind", "ro"] }],
            Linux = new LinuxSpec
            {
                Namespaces = [new("pid"), new("ipc"), new("uts"), new("mount"), new("user")], UidMappings = self, GidMappings = self, Resources = resources,
                MaskedPaths = ["/proc/kcore"], ReadonlyPaths = ["/proc/sys"],
            },
        };
        File.WriteAllBytes(_home + "/config.json", JsonSerializer.SerializeToUtf8Bytes(spec, OciJson.Default.RuntimeSpec));
        Command.Run("chown", "-R", $"{Nobody}:{Nobody}", _home).Succeeded();
        return Command.Run(
            "setpriv", "--reuid", $"{Nobody}", "--regid", $"{Nobody}", "--clear-groups", _home + "/devoxx-runtime", "--root", _home + "/state", "run", "--bundle", _home, "one");
    }
}
