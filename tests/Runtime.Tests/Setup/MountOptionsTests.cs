using Devoxx.Native.Mounts;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Tests.Setup;

public sealed class MountOptionsTests
{
    [Fact]
    public void Sorts_flags_propagation_and_what_is_the_filesystems()
    {
        var options = MountOptions.Parse(["rbind", "ro", "nosuid", "rslave", "size=64m", "mode=755"]);
        Assert.True(options.IsBind && options.IsRecursiveBind && options.IsReadOnly);
        Assert.Equal(MountOptions.MS_RDONLY | MountOptions.MS_NOSUID, options.Flags);
        Assert.Equal(MountOptions.MS_SLAVE | MountOptions.MS_REC, options.Propagation);
        Assert.Equal(MountAttributes.MOUNT_ATTR_RDONLY | MountAttributes.MOUNT_ATTR_NOSUID, options.Set);
        Assert.Equal("size=64m,mode=755", options.Data);
    }

    [Fact]
    public void The_last_of_opposites_counts()
    {
        var options = MountOptions.Parse(["ro", "nodev", "rw", "dev", "nodev"]);
        Assert.False(options.IsReadOnly);
        Assert.Equal(MountAttributes.MOUNT_ATTR_NODEV, options.Set);
        Assert.Equal(MountAttributes.MOUNT_ATTR_RDONLY, options.Clear);
    }

    [Fact]
    public void Recursive_forms_are_kept_apart()
    {
        var options = MountOptions.Parse(["rro", "rnoexec", "rdev"]);
        Assert.Equal((MountAttributes.None, 0u), (options.Set, options.Flags));
        Assert.Equal(MountAttributes.MOUNT_ATTR_RDONLY | MountAttributes.MOUNT_ATTR_NOEXEC, options.RecursiveSet);
        Assert.Equal(MountAttributes.MOUNT_ATTR_NODEV, options.RecursiveClear);
    }

    [Theory]
    [InlineData("noatime", MountAttributes.MOUNT_ATTR_NOATIME)]
    [InlineData("strictatime", MountAttributes.MOUNT_ATTR_STRICTATIME)]
    [InlineData("relatime", MountAttributes.None)]
    public void Access_time_modes_replace_each_other(string option, MountAttributes set)
    {
        var options = MountOptions.Parse(["noatime", "strictatime", option]);
        Assert.Equal((set, MountAttributes.MOUNT_ATTR__ATIME), (options.Set, options.Clear));
    }

    [Fact]
    public void Everything_that_features_lists_is_understood() =>
        Assert.All(MountOptions.Known, option => Assert.Equal("", MountOptions.Parse([option]).Data));

    [Theory]
    [InlineData("remount,ro", "MS_RDONLY|MS_REMOUNT")]
    [InlineData("", "0")]
    public void Flags_have_names(string options, string names) =>
        Assert.Equal(names, MountOptions.Describe(MountOptions.Parse(options.Split(',')).Flags));

    [Fact]
    public void A_propagation_that_does_not_exist_is_refused() => Assert.Throws<SetupException>(() => MountOptions.ParsePropagation("public"));
}
