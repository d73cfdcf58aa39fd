using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>User namespaces and id-mapped mounts; as root.</summary>
public sealed class UserNamespaceTests : IDisposable
{
    private const uint Base = Bundle.MappedBase;

    private readonly Bundle _bundle = new();

    [Fact]
    public void Root_inside_is_an_ordinary_user_outside()
    {
        var run = _bundle.Start(Mapped(_bundle.Shell("while [ ! -e /tmp/go ]; do sleep 0.02; done; id -u; cat /proc/self/uid_map | tr -s ' '")));
        Assert.Null(run.Error);
        Assert.Equal("Uid:\t200000\t200000\t200000\t200000", File.ReadAllLines($"/proc/{run.Pid}/status").Single(line => line.StartsWith("Uid:")));
        File.WriteAllText($"/proc/{run.Pid}/root/tmp/go", "");
        Assert.Equal(0, run.Exit().ExitCode);
        Assert.Equal(["0", $" 0 {Base} 65536"], Log.Text(_bundle, "stdout").Take(2));
    }

    [Fact]
    public void Devices_work_though_nobody_could_make_them() =>
        Assert.Equal(["0", "null"], _bundle.Output(Mapped(_bundle.Shell("head -c1 /dev/zero | od -An -tu1 | tr -d ' '; echo x >/dev/null && echo null"))));

    [Fact]
    public void What_the_root_inside_may_not_do_outside_it_may_not_do_inside() =>
        Assert.Equal(["refused"], _bundle.Output(Mapped(_bundle.Shell("mknod /tmp/x c 1 3 2>/dev/null || echo refused"))));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_container_joins_it_with_a_pid_namespace_of_its_own(bool monitored)
    {
        _bundle.Write(Mapped(_bundle.Spec("sleep", "1000")));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        var pid = _bundle.Pid;
        using var other = new Bundle();
        var spec = other.InUserNamespace(other.Shell("echo $$ $(cat /proc/1/comm) $(cat /proc/self/uid_map)")).WithLinux(l => l with
        {
            UidMappings = null, GidMappings = null,
            Namespaces = [.. l.Namespaces!.Select(n => n.Type == "user" ? n with { Path = $"/proc/{pid}/ns/user" } : n)],
        });
        other.Write(spec);
        var output = monitored ? other.Output(spec) : other.Runtime("run", "--bundle", other.Path, other.Id).Succeeded().Lines;
        Assert.Equal([$"1 sh 0 {Base} 65536"], output);
    }

    [Fact]
    public void Exec_joins_it_too()
    {
        _bundle.Write(Mapped(_bundle.Spec("sleep", "1000")));
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal([$"0 0 {Base} 65536"], _bundle.Exec(_bundle.Id, "sh", "-c", "echo $(id -u) $(cat /proc/self/uid_map)").Succeeded().Lines);
    }

    [Fact]
    public void A_bind_mount_is_mapped_to_its_own_ids()
    {
        File.WriteAllText(_bundle.Data + "/file", "");
        var mount = new Mount
        {
            Destination = "/data", Type = "bind", Source = _bundle.Data, Options = ["bind"],
            UidMappings = [Map(0, 1000)], GidMappings = [Map(0, 1000)],
        };
        var spec = _bundle.Shell("stat -c '%u %g' /data/file");
        Assert.Equal(["1000 1000"], _bundle.Output(spec with { Mounts = [.. spec.Mounts!, mount] }));
    }

    [Fact]
    public void In_a_user_namespace_a_mount_can_be_mapped_back()
    {
        File.WriteAllText(_bundle.Data + "/file", "");
        var mount = new Mount { Destination = "/data", Type = "bind", Source = _bundle.Data, Options = ["rbind", "ridmap"] };
        var spec = Mapped(_bundle.Shell("stat -c '%u %g' /data/file; echo new >/data/new"));
        Assert.Equal(["0 0"], _bundle.Output(spec with { Mounts = [.. spec.Mounts!, mount] }));
        Assert.Equal("new\n", File.ReadAllText(_bundle.Data + "/new"));
        Assert.Equal("0", Command.Run("stat", "-c", "%u", _bundle.Data + "/new").Output.Trim());
    }

    [Fact]
    public void Without_maps_it_is_refused() =>
        Assert.Contains("uidMappings", _bundle.Refusal(_bundle.Spec("true").WithLinux(l => l with { Namespaces = [.. l.Namespaces!, new Namespace("user")] })));

    [Fact]
    public void A_tmpfs_takes_over_what_it_hides()
    {
        var spec = _bundle.Shell("ls /etc/copied/a; cat /etc/copied/a/b; findmnt -n -o FSTYPE /etc/copied 2>/dev/null || grep -c ' /etc/copied tmpfs' /proc/mounts");
        Directory.CreateDirectory(_bundle.Upper + "/etc/copied/a");
        File.WriteAllText(_bundle.Upper + "/etc/copied/a/b", "kept\n");
        Assert.Equal(
            ["b", "kept", "1"],
            _bundle.Output(spec with { Mounts = [.. spec.Mounts!, new Mount { Destination = "/etc/copied", Type = "tmpfs", Source = "tmpfs", Options = ["tmpcopyup", "mode=755"] }] }));
    }

    public void Dispose() => _bundle.Dispose();

    private static IdMapping Map(uint container, uint host) => new() { ContainerId = container, HostId = host, Size = 65536 };


    private RuntimeSpec Mapped(RuntimeSpec spec) => _bundle.InUserNamespace(spec);
}
