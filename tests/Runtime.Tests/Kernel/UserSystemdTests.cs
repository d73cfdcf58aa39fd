using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The systemd of an ordinary user, in a cgroup that the system's has delegated to it; as root, who plays both.</summary>
public sealed class UserSystemdTests(SystemdMachine machine) : IClassFixture<SystemdMachine>, IDisposable
{
    private const string Runtime = "/run/dvx-user";

    private readonly RootlessHome _home = new();

    private static bool IsUnified => File.Exists("/sys/fs/cgroup/cgroup.controllers");

    [Fact]
    public void A_container_of_ones_own_has_a_scope_with_its_limits_and_leaves_none()
    {
        Assert.SkipUnless(IsUnified, "version 1 is delegated to nobody");
        machine.Run(
            "systemd-run", "--quiet", "--unit", "dvx-user.service", "--uid", $"{RootlessHome.Nobody}", "--gid", $"{RootlessHome.Nobody}", "--property", "Type=notify", "--property", "DefaultDependencies=no",
            "--property", "Delegate=yes", "--property", "RuntimeDirectory=dvx-user", "--setenv", $"XDG_RUNTIME_DIR={Runtime}", "/usr/lib/systemd/systemd", "--user").Succeeded();
        _home.Write(new LinuxResources { Pids = new PidsResources(7) }, "dvx.slice:dvx:one", "sh", "-c", "cat /proc/self/cgroup; cat /sys/fs/cgroup$(sed s/0::// /proc/self/cgroup)/pids.max");
        var run = InUsersCgroup([.. _home.Runtime, "--systemd-cgroup", .. _home.RunOne]);
        Assert.Contains("systemd-run --user --scope", machine.Run(["env", $"XDG_RUNTIME_DIR={Runtime}", .. _home.Runtime, "--systemd-cgroup", .. _home.RunOne]).Error);
        Assert.Equal(["0::/system.slice/dvx-user.service/dvx.slice/dvx-one.scope", "7"], run.Succeeded().Lines);
        Assert.DoesNotContain("dvx-one", InUsersCgroup([.. RootlessHome.AsUser, "systemctl", "--user", "list-units", "--all", "--plain", "--no-legend", "--no-pager"]).Succeeded().Output);
        Assert.Empty(machine.CgroupDirectories("/system.slice/dvx-user.service/dvx.slice/dvx-one.scope"));
    }

    [Fact]
    public void Without_one_it_says_what_to_do()
    {
        _home.Write(null, "dvx.slice:dvx:one", "true");
        var run = machine.Run([.. _home.Runtime, "--systemd-cgroup", .. _home.RunOne]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(IsUnified ? "no systemd of this user" : "version 2 only", run.Error);
        Assert.Contains("leave --systemd-cgroup out", run.Error);
    }

    public void Dispose()
    {
        machine.Run("systemctl", "stop", "dvx-user.service");
        _home.Dispose();
    }

    // As podman does, which moves into a scope of its user's before all else: from outside of what is delegated nobody but root may move a process in.
    private Command InUsersCgroup(params string[] command) => machine.Run(
        ["sh", "-c", "echo 0 >/sys/fs/cgroup/system.slice/dvx-user.service/init.scope/cgroup.procs && XDG_RUNTIME_DIR=$0 exec \"$@\"", Runtime, .. command]);
}
