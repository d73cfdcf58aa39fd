using Devoxx.Native.Files;
using Xunit;

namespace Devoxx.Native.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Replaces_a_file_whole_and_leaves_nothing_beside_it(bool durable)
    {
        directory.Write("file", "a much longer old text");

        AtomicFile.Write(directory["file"], "new"u8, 0x1A4, durable); // 0644

        Assert.Equal("new", File.ReadAllText(directory["file"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(directory["file"]));
        Assert.Single(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Replaces_a_link_and_not_what_it_points_to()
    {
        var precious = directory.Write("precious", "data");
        File.CreateSymbolicLink(directory["file"], precious);

        AtomicFile.Write(directory["file"], "new"u8);

        Assert.Equal("data", File.ReadAllText(precious));
        Assert.Null(new FileInfo(directory["file"]).LinkTarget);
    }

    [Fact]
    public void Leaves_nothing_behind_when_it_fails()
    {
        Directory.CreateDirectory(directory["file/full"]);

        Assert.Equal("rename", Assert.Throws<LinuxException>(() => AtomicFile.Write(directory["file"], "new"u8)).Syscall);
        Assert.Single(Directory.GetFileSystemEntries(directory.Path));
    }
}
