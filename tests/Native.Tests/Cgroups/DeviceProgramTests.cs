using System.Diagnostics;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Mounts;
using Xunit;

namespace Devoxx.Native.Tests.Cgroups;

/// <summary>The BPF program for devices on the real kernel: a version 2 hierarchy takes it whatever controllers it has. Needs root.</summary>
public sealed class DeviceProgramTests : IDisposable
{
    private static readonly CgroupHost Host = CgroupHost.Over([.. MountTable.Read().Where(mount => mount.FsType == "cgroup2")]);
    private readonly string parent = $"/devoxx-device-test-{Guid.NewGuid():N}";
    private readonly Cgroup cgroup;

    public DeviceProgramTests() => cgroup = Cgroup.Create(Host, parent + "/one");

    public void Dispose()
    {
        cgroup.Kill();
        cgroup.Remove();
        Cgroup.OpenExisting(Host, parent)!.Remove();
    }

    [Theory]
    [InlineData("exec 3</dev/zero", true)]
    [InlineData("exec 3>/dev/null", true)]
    [InlineData("exec 3</dev/kmsg", false)]
    [InlineData("exec 3>/dev/kmsg", false)]
    public void Allows_what_is_listed_and_denies_the_rest(string command, bool allowed)
    {
        cgroup.Apply(new CgroupLimits(Devices:
        [
            new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', 1, 3, "rwm"), new DeviceRule(true, 'c', 1, 5, "rwm"),
        ]));

        Assert.Equal(allowed, Succeeds(command));
    }

    [Theory]
    [InlineData("r", true, false)]
    [InlineData("w", false, true)]
    [InlineData("rw", true, true)]
    [InlineData("m", false, false)]
    public void Tells_reading_from_writing(string access, bool read, bool write)
    {
        cgroup.Apply(new CgroupLimits(Devices: [new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', 1, null, access)]));

        Assert.Equal((read, write), (Succeeds("exec 3</dev/zero"), Succeeds("exec 3>/dev/null")));
    }

    [Fact]
    public void Rules_that_end_in_allowing_all_need_no_program()
    {
        cgroup.Apply(new CgroupLimits(Devices: [new DeviceRule(true, 'a', null, null, "rwm")]));

        Assert.True(Succeeds("exec 3</dev/kmsg"));
    }

    /// <summary>Runs in the cgroup; whether the redirection could open its device.</summary>
    private bool Succeeds(string command)
    {
        var procs = Host.Unified + parent + "/one/cgroup.procs";
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"echo 0 > {procs} && ({command})"]) { RedirectStandardError = true })!;
        Assert.True(shell.WaitForExit(TimeSpan.FromSeconds(20)));
        return shell.ExitCode == 0;
    }
}
