using Devoxx.Native.Cgroups;
using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The systemd cgroup driver where there is version 1 only; as root.</summary>
[Trait("tools", "host")]
public sealed class LegacySystemdTests(LegacySystemdMachine machine) : IClassFixture<LegacySystemdMachine>, IDisposable
{
    private readonly Bundle _bundle = new();

    [Fact]
    public void A_container_is_in_its_scope_in_every_hierarchy_that_systemd_has_it_in_and_leaves_none()
    {
        Assert.SkipWhen(CgroupHost.Detect().Version == CgroupVersion.V2, "this host has no version 1");
        var (unit, path) = ($"dvx-{_bundle.Id}.scope", $"/dvx.slice/dvx-{_bundle.Id}.scope");
        _bundle.Write(_bundle.Spec("sleep", "1000").WithLinux(l => l with
        {
            CgroupsPath = $"dvx.slice:dvx:{_bundle.Id}", Resources = new LinuxResources { Pids = new PidsResources(20) }, Namespaces = [.. l.Namespaces!.Where(n => n.Type != "cgroup")],
        }));
        machine.Detached(_bundle, "run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal("20", machine.Show(unit, "TasksMax"));
        var lines = machine.Runtime(_bundle, "exec", _bundle.Id, "cat", "/proc/1/cgroup", "/proc/self/cgroup").Succeeded().Lines;
        foreach (var controller in (string[])["name=systemd", "memory", "pids", "devices", "freezer"])
        {
            Assert.Equal(2, lines.Count(line => line.EndsWith($":{controller}:{path}", StringComparison.Ordinal)));
        }

        machine.Runtime(_bundle, "pause", _bundle.Id).Succeeded();
        machine.Runtime(_bundle, "resume", _bundle.Id).Succeeded();
        machine.Runtime(_bundle, "update", "--pids-limit", "33", _bundle.Id).Succeeded();
        Assert.Equal("33", machine.Show(unit, "TasksMax"));
        machine.Runtime(_bundle, "delete", "--force", _bundle.Id).Succeeded();
        Assert.DoesNotContain(unit, machine.Units());
        Assert.Empty(machine.CgroupDirectories(path));
    }

    public void Dispose()
    {
        machine.Runtime(_bundle, "delete", "--force", _bundle.Id);
        _bundle.Dispose();
    }
}
