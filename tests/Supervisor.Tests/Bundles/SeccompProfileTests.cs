using System.Text;
using Devoxx.Supervisor.Seccomp;
using Xunit;

namespace Devoxx.Supervisor.Tests.Bundles;

public sealed class SeccompProfileTests
{
    [Fact]
    public void Without_capabilities_no_namespace_can_be_made_and_clone3_is_not_there()
    {
        var profile = DefaultProfile.For([]);

        Assert.Equal(("SCMP_ACT_ERRNO", 1u), (profile.DefaultAction, profile.DefaultErrnoRet));
        Assert.DoesNotContain(profile.Syscalls!, rule => rule.Action == "SCMP_ACT_ALLOW" && rule.Names.Contains("unshare"));
        Assert.Equal(38u, Assert.Single(profile.Syscalls!, rule => rule.Names.Contains("clone3")).ErrnoRet);
        Assert.Equal("SCMP_CMP_MASKED_EQ", Assert.Single(profile.Syscalls!, rule => rule.Names.Contains("clone")).Args![0].Op);
    }

    [Fact]
    public void A_capability_brings_its_calls()
    {
        var profile = DefaultProfile.For(["CAP_SYS_ADMIN", "CAP_SYS_TIME"]);

        Assert.Contains(profile.Syscalls!, rule => rule.Names.Contains("mount") && rule.Action == "SCMP_ACT_ALLOW");
        Assert.Contains(profile.Syscalls!, rule => rule.Names.Contains("clock_settime"));
        Assert.DoesNotContain(profile.Syscalls!, rule => rule.Names.Contains("init_module"));
    }

    [Fact]
    public void A_file_of_Dockers_form_is_read_with_its_conditions()
    {
        var profile = Parse(
            """
            {"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]},
              {"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]}],
             "syscalls":[{"names":["read","write"],"action":"SCMP_ACT_ALLOW"},
              {"name":"mount","action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}},
              {"names":["ptrace"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"99.0"}},
              {"names":["s390_runtime_instr"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["s390x"]}},
              {"names":["clone"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":2114060288,"valueTwo":0,"op":"SCMP_CMP_MASKED_EQ"}],"excludes":{"caps":["CAP_SYS_ADMIN"]}}]}
            """);

        Assert.Equal(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], profile.Architectures!);
        Assert.Equal(["read", "write", "clone"], profile.Syscalls!.SelectMany(rule => rule.Names));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"]}]}""")]
    public void What_is_no_profile_is_refused(string text) => Assert.StartsWith("it is no seccomp profile", Assert.Throws<FormatException>(() => Parse(text)).Message);

    private static Oci.Seccomp Parse(string text) => ProfileFile.Parse(Encoding.UTF8.GetBytes(text), [], new Version(6, 1));
}
