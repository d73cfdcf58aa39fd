using Devoxx.Native.Mounts;
using Devoxx.Native.Processes;

namespace Devoxx.Native.Tests.Mounts;

/// <summary>Mounts by descriptor, on the real kernel; as root.</summary>
public sealed class DetachedMountTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("devoxx-native-mounts-").FullName;

    [Fact]
    public void A_copy_is_read_only_where_it_is_attached_and_its_source_is_not()
    {
        var (source, target) = (Directory.CreateDirectory(_directory + "/source").FullName, Directory.CreateDirectory(_directory + "/target").FullName);
        using (var copy = OpenTree.Clone(source, recursive: false))
        {
            MountSetattr.Apply(copy, MountAttributes.MOUNT_ATTR_RDONLY);
            MoveMount.Attach(copy, target);
        }

        try
        {
            Assert.Contains("Read-only", Assert.ThrowsAny<IOException>(() => File.WriteAllText(target + "/file", "")).Message);
            File.WriteAllText(source + "/file", "");
            Assert.True(File.Exists(target + "/file"));
        }
        finally
        {
            Mount.Unmount(target);
        }
    }

    [Fact]
    public void A_missing_source_is_named() =>
        Assert.Equal($"open_tree {_directory}/none (OPEN_TREE_CLONE): ENOENT, no such file or directory", Assert.Throws<LinuxException>(() => OpenTree.Clone(_directory + "/none", false)).Message);

    [Fact]
    public void A_sealed_executable_runs_and_its_file_can_be_replaced_meanwhile()
    {
        var program = _directory + "/program";
        File.Copy("/bin/true", program);
        using var executable = SealedExecutable.Open(program);
        File.Delete(program);
        using var process = Spawn.Start(executable.Path, ["true"], []);
        Assert.Equal(0, process.PidFd.Reap().ExitCode);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
