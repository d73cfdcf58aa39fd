using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using Xunit;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Tests.Files;

public sealed class PathInRootTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly SafeFileHandle root;

    public PathInRootTests()
    {
        Directory.CreateDirectory(directory["root/etc"]);
        directory.Write("root/etc/passwd", "inside");
        directory.Write("outside/passwd", "outside");
        root = PathInRoot.Open(OpenSlash(), directory["root"], O_PATH | O_DIRECTORY);
    }

    public void Dispose()
    {
        root.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("etc/passwd")]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/absolute/passwd")]
    [InlineData("/relative/passwd")]
    [InlineData("/chain/passwd")]
    public void Resolves_every_path_inside_the_root(string path)
    {
        File.CreateSymbolicLink(directory["root/absolute"], "/etc");
        File.CreateSymbolicLink(directory["root/relative"], "../../../etc");
        File.CreateSymbolicLink(directory["root/chain"], "/absolute/../relative");

        Assert.Equal("inside", Read(PathInRoot.Open(root, path, O_RDONLY)));
    }

    [Fact]
    public void Refuses_the_links_of_proc()
    {
        Directory.CreateDirectory(directory["root/proc"]);
        Devoxx.Native.Mounts.Mount.Make("proc", directory["root/proc"], "proc", Devoxx.Native.Mounts.MountFlags.None);
        try
        {
            var error = Assert.Throws<LinuxException>(() => PathInRoot.Open(root, "/proc/self/root/etc/passwd", O_RDONLY));

            Assert.Equal("ELOOP", error.ErrnoName);
        }
        finally
        {
            Devoxx.Native.Mounts.Mount.Unmount(directory["root/proc"]);
        }
    }

    [Fact]
    public void Gives_nothing_for_what_is_not_there()
    {
        Assert.Null(PathInRoot.OpenExisting(root, "/nothing", O_RDONLY));
        Assert.Null(PathInRoot.OpenExisting(root, "/etc/passwd/below", O_RDONLY));
        Assert.Equal("ENOENT", Assert.Throws<LinuxException>(() => PathInRoot.Open(root, "/nothing", O_RDONLY)).ErrnoName);
    }

    [Fact]
    public void Makes_missing_directories_with_mode_and_owner()
    {
        using (PathInRoot.MakeDirectories(root, "/srv/data/deep", 0x1C8, 12, 34)) // 0710
        {
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute,
            File.GetUnixFileMode(directory["root/srv/data/deep"]));
        Assert.True(Directory.Exists(directory["root/srv/data"]));
    }

    [Theory]
    [InlineData("/run", "var/run/app", "run/app")] // absolute, its target missing
    [InlineData("../run", "var/run/app", "run/app")]
    [InlineData("../../../../../../run", "var/run/app", "run/app")]
    [InlineData("/etc", "var/run/app", "etc/app")]
    public void Follows_links_inside_the_root_when_it_makes_directories(string target, string asked, string made)
    {
        Directory.CreateDirectory(directory["root/var"]);
        File.CreateSymbolicLink(directory["root/var/run"], target);

        using (PathInRoot.MakeDirectories(root, asked, 0x1ED))
        {
        }

        Assert.True(Directory.Exists(directory["root/" + made]));
        Assert.Equal(["outside", "root"], Directory.GetFileSystemEntries(directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Makes_nothing_outside_through_an_absolute_link()
    {
        File.CreateSymbolicLink(directory["root/evil"], directory["outside"]);

        using (PathInRoot.MakeDirectories(root, "/evil/made", 0x1ED))
        {
        }

        Assert.False(Path.Exists(directory["outside/made"]));
        Assert.True(Directory.Exists(directory["root" + directory["outside/made"]]));
    }

    [Fact]
    public void Gives_up_on_links_in_a_circle()
    {
        File.CreateSymbolicLink(directory["root/a"], "/b");
        File.CreateSymbolicLink(directory["root/b"], "/a");

        Assert.Equal("ELOOP", Assert.Throws<LinuxException>(() => PathInRoot.MakeDirectories(root, "/a/c", 0x1ED)).ErrnoName);
    }

    [Fact]
    public void Refuses_a_file_in_the_way() =>
        Assert.Equal("ENOTDIR", Assert.Throws<LinuxException>(() => PathInRoot.MakeDirectories(root, "/etc/passwd/x", 0x1ED)).ErrnoName);

    [Fact]
    public async Task Never_opens_outside_while_a_directory_is_swapped_for_a_link()
    {
        Directory.CreateDirectory(directory["root/swap"]);
        directory.Write("root/swap/passwd", "inside");
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(directory["root/swap"], directory["root/kept"]);
                File.CreateSymbolicLink(directory["root/swap"], "../outside");
                File.Delete(directory["root/swap"]);
                Directory.Move(directory["root/kept"], directory["root/swap"]);
            }
        });
        var opened = 0;
        for (var round = 0; round < 20_000; round++)
        {
            if (PathInRoot.OpenExisting(root, "/swap/passwd", O_RDONLY) is { } file)
            {
                opened++;
                Assert.Equal("inside", Read(file));
            }
        }

        await stop.CancelAsync();
        await swapping;
        Assert.NotEqual(0, opened);
    }

    private static SafeFileHandle OpenSlash()
    {
        unsafe
        {
            fixed (byte* slash = "/\0"u8)
            {
                return new SafeFileHandle(open(slash, O_PATH | O_DIRECTORY | O_CLOEXEC, 0), ownsHandle: true);
            }
        }
    }

    private static string Read(SafeFileHandle file)
    {
        using var stream = new StreamReader(new FileStream(file, FileAccess.Read));
        return stream.ReadToEnd();
    }
}
