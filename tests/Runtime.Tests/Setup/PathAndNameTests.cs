using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Lifecycle;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Tests.Setup;

public sealed class PathAndNameTests
{
    [Theory]
    [InlineData("/a//b/../c/", "a/c")]
    [InlineData("/../../etc", "etc")]
    [InlineData("a/./b", "a/b")]
    [InlineData("/", "")]
    [InlineData("..", "")]
    public void Container_paths_are_cleaned_as_text(string path, string clean) => Assert.Equal(clean, ContainerPath.Relative(path));

    [Theory]
    [InlineData("/proc", true)]
    [InlineData("/proc/self", true)]
    [InlineData("/x/../proc/self", true)]
    [InlineData("/process", false)]
    [InlineData("/", false)]
    public void Below_a_directory_is_below_it_as_text(string path, bool below) => Assert.Equal(below, ContainerPath.IsAtOrBelow(path, "/proc"));

    [Theory]
    [InlineData("sh", "PATH=/a:/b/", "/a/sh,/b/sh")]
    [InlineData("sh", "PATH=.::rel:/a", "/a/sh")]
    [InlineData("./sh", "PATH=/a", "./sh")]
    [InlineData("sh", "HOME=/", "/usr/local/sbin/sh,/usr/local/bin/sh,/usr/sbin/sh,/usr/bin/sh,/sbin/sh,/bin/sh")]
    public void Commands_are_looked_up_in_the_containers_path(string command, string environment, string candidates) =>
        Assert.Equal(candidates.Split(','), CommandPath.Candidates(command, [environment]));

    [Theory]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net/ipv4/ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net.ipv4.conf.eth0/1.rp_filter", "net/ipv4/conf/eth0.1/rp_filter")]
    [InlineData("net/ipv4/conf/eth0.1/rp_filter", "net/ipv4/conf/eth0.1/rp_filter")]
    public void Sysctl_names_become_paths(string name, string path) => Assert.Equal(path, SysctlRules.PathOf(name));

    [Theory]
    [InlineData("kernel.msgmax", "ipc")]
    [InlineData("fs.mqueue.msg_max", "ipc")]
    [InlineData("kernel.domainname", "uts")]
    [InlineData("net.core.somaxconn", "network")]
    [InlineData("net/core/somaxconn", "network")]
    public void Sysctls_need_the_namespace_they_belong_to(string name, string owner)
    {
        SysctlRules.RequireNamespaced(name, has => has == owner);
        Assert.Throws<SetupException>(() => SysctlRules.RequireNamespaced(name, _ => false));
    }

    [Theory]
    [InlineData(null, "/id")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("a/b/", "/a/b")]
    [InlineData("machine.slice:libpod:x", "/machine.slice/libpod-x.scope")]
    public void Cgroup_paths_have_two_forms(string? given, string path) => Assert.Equal(path, CgroupsPath.Of(given, "id"));

    [Theory]
    [InlineData("/")]
    [InlineData("/../a")]
    [InlineData("a/..")]
    public void Cgroup_paths_do_not_climb(string given) => Assert.Throws<SetupException>(() => CgroupsPath.Of(given, "id"));

    [Fact]
    public void Ids_are_short_plain_names()
    {
        Assert.Equal("a_B-c.9+", ContainerId.Require("a_B-c.9+"));
        Assert.Throws<SetupException>(() => ContainerId.Require(new string('a', 256)));
        Assert.Throws<SetupException>(() => ContainerId.Require("é"));
    }

    [Fact]
    public void Hierarchies_are_read_from_the_kernels_list() =>
        Assert.Equal(["cpu,cpuacct", "name=systemd", ""], CgroupMount.Hierarchies("4:cpu,cpuacct:/a:b\n1:name=systemd:/\n0::/x\n"));

    [Fact]
    public void Resource_limits_have_the_kernels_numbers()
    {
        Assert.Equal((7, 15, 0), (Rlimits.Number("RLIMIT_NOFILE"), Rlimits.Number("RLIMIT_RTTIME"), Rlimits.Number("RLIMIT_CPU")));
        Assert.Throws<SetupException>(() => Rlimits.Number("NOFILE"));
    }
}
