using Devoxx.Native.Mounts;
using Xunit;

namespace Devoxx.Native.Tests.Mounts;

public sealed class MountTableTests
{
    [Fact]
    public void Parses_the_line_of_the_man_page()
    {
        var entry = Assert.Single(MountTable.Parse("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"u8));

        Assert.Equal(new MountEntry(36, 35, 98, 0, "/mnt1", "/mnt2", "rw,noatime", "master:1", "ext3", "/dev/root", "rw,errors=continue"), entry);
    }

    [Theory]
    [InlineData("1 1 0:1 / / rw - tmpfs none rw", "", "none")]
    [InlineData("1 1 0:1 / / rw shared:1 master:2 propagate_from:3 - tmpfs none rw", "shared:1 master:2 propagate_from:3", "none")]
    [InlineData("1 1 0:1 / / rw - tmpfs  rw", "", "")]
    public void Takes_any_number_of_optional_fields_and_an_empty_source(string line, string optional, string source)
    {
        var entry = Assert.Single(MountTable.Parse(System.Text.Encoding.UTF8.GetBytes(line)));

        Assert.Equal((optional, source, "rw"), (entry.Optional, entry.Source, entry.SuperOptions));
    }

    [Fact]
    public void Undoes_escapes_and_leaves_other_backslashes()
    {
        var entry = Assert.Single(MountTable.Parse(@"1 1 0:1 /a\040b /c\011d\012e\134f\043g\04 rw - fuse.x h\040i rw"u8));

        Assert.Equal(("/a b", "/c\td\ne\\f#g\\04", "h i"), (entry.Root, entry.MountPoint, entry.Source));
    }

    [Theory]
    [InlineData("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 ext3")]
    [InlineData("36 x 98:0 / / rw - a b c")]
    [InlineData("36 35 98 / / rw - a b c")]
    public void Refuses_what_is_no_line_of_mountinfo(string line) =>
        Assert.Throws<FormatException>(() => MountTable.Parse(System.Text.Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Reads_this_process_s_table() =>
        Assert.Contains(MountTable.Read(), entry => entry is { MountPoint: "/proc", FsType: "proc" });

    [Fact]
    public void Sees_a_mount_with_odd_characters_made_and_gone()
    {
        using var directory = new TempDirectory();
        var target = Directory.CreateDirectory(directory["a b\tc\\d#é"]).FullName;

        Mount.Make("devoxx-test", target, "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, "size=1m");
        var entry = Assert.Single(MountTable.Read(), each => each.MountPoint == target);
        Mount.Unmount(target);

        Assert.Equal("devoxx-test", entry.Source);
        Assert.True(MountEntry.HasOption(entry.Options, "nosuid"));
        Assert.DoesNotContain(MountTable.Read(), each => each.MountPoint == target);
    }

    [Fact]
    public void Names_the_call_the_paths_and_the_flags_of_a_mount_that_fails()
    {
        var error = Assert.Throws<LinuxException>(() => Mount.Make("/nowhere", "/nowhere-either", null, MountFlags.Bind | MountFlags.Recursive));

        Assert.Equal("mount /nowhere on /nowhere-either (MS_BIND|MS_REC): ENOENT, no such file or directory", error.Message);
    }
}
