using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>Mounts as the public conformance suites want them (docs/runtime.md, "Conformance"); as root.</summary>
public sealed class MountConformanceTests : IDisposable
{
    private readonly Bundle _bundle = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_source_that_an_earlier_mount_of_the_container_makes_is_looked_up_when_its_turn_comes(bool inUserNamespace)
    {
        Directory.CreateDirectory(_bundle.Data + "/a/x");
        File.WriteAllText(_bundle.Data + "/a/x/file", "of a/x");
        File.WriteAllText(_bundle.Data + "/one", "a file");
        var rootfs = _bundle.Path + "/rootfs";
        var spec = _bundle.Shell("cat /final/x/file /single; mount | grep -c ' on /final '")
            .WithMount("/mnt", _bundle.Data + "/a", "rbind")
            .WithMount("/mnt/x", _bundle.Data + "/a/x", "rbind")
            .WithMount(rootfs + "/final", rootfs + "/mnt", "rbind")
            .WithMount("/files/one", _bundle.Data + "/one", "bind")
            .WithMount("/single", rootfs + "/files/one", "bind", "ro");
        Assert.Equal(["of a/xa file1"], _bundle.Output(inUserNamespace ? _bundle.InUserNamespace(spec) : spec));
    }

    [Theory]
    [InlineData(false, "1000")]
    [InlineData(true, "0")]
    public void A_source_that_an_earlier_mount_makes_can_be_id_mapped(bool inUserNamespace, string owner)
    {
        const uint Owner = Bundle.MappedBase;
        Directory.CreateDirectory(_bundle.Data + "/a");
        File.WriteAllText(_bundle.Data + "/a/file", "");
        var map = new IdMapping { ContainerId = 0, HostId = inUserNamespace ? Owner : 1000, Size = 65536 };
        var spec = _bundle.Shell("stat -c %u /final/file").WithMount("/mnt", _bundle.Data + "/a", "rbind");
        spec = spec with { Mounts = [.. spec.Mounts!, new Mount { Destination = "/final", Type = "bind", Source = _bundle.Path + "/rootfs/mnt", Options = ["rbind"], UidMappings = [map], GidMappings = [map] }] };
        Assert.Equal([owner], _bundle.Output(inUserNamespace ? _bundle.InUserNamespace(spec) : spec));
    }

    [Fact]
    public void A_source_that_nothing_makes_is_named()
    {
        var rootfs = _bundle.Path + "/rootfs";
        Assert.Contains("/nowhere", _bundle.Refusal(_bundle.Spec("true").WithMount("/final", rootfs + "/nowhere", "rbind")));
    }

    [Fact]
    public void Who_says_one_option_of_a_bind_mount_says_all()
    {
        Mounting.Tmpfs(_bundle.Data);
        try
        {
            Command.Run("mount", "-o", "bind,remount,nosuid,nodev,noexec,noatime", _bundle.Data).Succeeded();
            var spec = _bundle.Shell("for m in /plain /ro /exec /nodiratime; do grep \" $m \" /proc/mounts | cut -d' ' -f4 | grep -oE '^r[ow]|nosuid|nodev|noexec|noatime|relatime|nodiratime' | tr '\\n' ' '; echo; done")
                .WithMount("/plain", _bundle.Data, "bind")
                .WithMount("/ro", _bundle.Data, "bind", "ro", "atime")
                .WithMount("/exec", _bundle.Data, "bind", "exec")
                .WithMount("/nodiratime", _bundle.Data, "bind", "nodiratime");
            Assert.Equal(
                ["rw nosuid nodev noexec noatime", "ro noatime", "rw noatime", "rw nodiratime relatime"],
                _bundle.Output(spec).Select(line => line.Trim()));
        }
        finally
        {
            Mounting.Unmount(_bundle.Data);
        }
    }

    [Fact]
    public void Masked_directories_share_one_empty_directory()
    {
        var spec = _bundle.Shell("stat -c %d /one /two; ls -A /one /three; cat /file; touch /two/x 2>/dev/null || echo closed");
        foreach (var name in (string[])["one", "two", "three"])
        {
            Directory.CreateDirectory($"{_bundle.Upper}/{name}/hidden");
        }

        File.WriteAllText(_bundle.Upper + "/file", "hidden");
        var lines = _bundle.Output(spec.WithLinux(l => l with { MaskedPaths = ["/file", "/one", "/nowhere", "/two", "/three"] }));
        Assert.Equal(lines[0], lines[1]);
        Assert.DoesNotContain("hidden", lines);
        Assert.Equal("closed", lines[^1]);
    }

    [Fact]
    public void A_container_without_a_mount_namespace_leaves_no_mount_behind()
    {
        _bundle.CopyRootfs();
        var spec = _bundle.Shell("cat /etc/hostname; exec sleep 1000");
        _bundle.Write(spec.WithLinux(l => l with { Namespaces = [.. l.Namespaces!.Where(n => n.Type != "mount")], MaskedPaths = null, ReadonlyPaths = null }) with
        {
            Mounts = [.. spec.Mounts!.Skip(1).Where(m => m.Type != "cgroup")],
        });
        _bundle.Detached("run", "--detach", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
        Assert.Equal(Directory.ResolveLinkTarget("/proc/self/ns/mnt", false)!.Name, Directory.ResolveLinkTarget($"/proc/{_bundle.Pid}/ns/mnt", false)!.Name);
        Assert.Equal(["busybox", "1"], _bundle.Exec(_bundle.Id, "sh", "-c", "ls /bin | grep -x busybox; echo $(ls -d /proc/1 | wc -l); ls -d /work 2>/dev/null").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        _bundle.Runtime("delete", "--force", _bundle.Id).Succeeded();
        Assert.Empty(OfTheBundle());
        _bundle.Write(spec.WithLinux(l => l with { Namespaces = [.. l.Namespaces!.Where(n => n.Type != "mount")] }));
        Assert.Contains("need a mount namespace", _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Error);
        _bundle.Write(spec.WithLinux(l => l with { Namespaces = [.. l.Namespaces!.Where(n => n.Type != "mount")], MaskedPaths = null, ReadonlyPaths = null })
            with { Mounts = [spec.Mounts![1], new Mount { Destination = "/mnt", Type = "no-such-filesystem", Source = "none" }] });
        Assert.Contains("no-such-filesystem", _bundle.Runtime("run", "--bundle", _bundle.Path, _bundle.Id).Error);
        Assert.Empty(OfTheBundle());
    }

    [Fact]
    public void A_root_that_is_a_slave_sees_what_the_host_mounts_in_it()
    {
        var rootfs = _bundle.Path + "/rootfs";
        _bundle.CopyRootfs();
        Directory.CreateDirectory(rootfs + "/late");
        using (Mounting.Shared(rootfs))
        {
            var spec = _bundle.Shell("while ! grep -q ' /late ' /proc/mounts; do sleep 0.02; done; echo seen").WithLinux(l => l with { RootfsPropagation = "rslave" });
            _bundle.Write(spec with { Mounts = [.. spec.Mounts!.Skip(1)] });
            _bundle.Detached("create", "--bundle", _bundle.Path, _bundle.Id).Succeeded();
            Mounting.Tmpfs(rootfs + "/late");
            _bundle.Runtime("start", _bundle.Id).Succeeded();
            Eventually.True(() => _bundle.Runtime("state", _bundle.Id).Output.Contains("stopped", StringComparison.Ordinal), "the container has seen it, and ended");
            _bundle.Runtime("delete", _bundle.Id).Succeeded();
        }
    }

    public void Dispose() => _bundle.Dispose();

    private IEnumerable<string> OfTheBundle() => File.ReadAllLines("/proc/self/mountinfo").Where(line => line.Contains(_bundle.Path, StringComparison.Ordinal));
}
