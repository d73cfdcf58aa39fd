using System.Diagnostics;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Xunit;

namespace Devoxx.Native.Tests.Files;

public sealed class SafeTreeDeleteTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Deletes_a_tree_with_everything_in_it()
    {
        directory.Write("tree/a/b/c.txt", "x");
        directory.Write("tree/d");
        File.CreateSymbolicLink(directory["tree/dangling"], "/nowhere");

        SafeTree.Delete(directory["tree"]);

        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Takes_what_is_not_there_as_deleted()
    {
        SafeTree.Delete(directory["nothing"]);
        SafeTree.Delete(directory["nothing/below"]);
    }

    [Fact]
    public void Removes_links_and_leaves_what_they_point_to()
    {
        var precious = directory.Write("outside/precious", "data");
        Directory.CreateDirectory(directory["tree/sub"]);
        File.CreateSymbolicLink(directory["tree/file"], precious);
        Directory.CreateSymbolicLink(directory["tree/sub/up"], directory["outside"]);

        SafeTree.Delete(directory["tree"]);

        Assert.Equal("data", File.ReadAllText(precious));
        Assert.False(Directory.Exists(directory["tree"]));
    }

    [Fact]
    public void Removes_only_the_link_when_the_path_itself_is_one()
    {
        var precious = directory.Write("outside/precious", "data");
        Directory.CreateSymbolicLink(directory["tree"], directory["outside"]);

        SafeTree.Delete(directory["tree"]);

        Assert.Equal("data", File.ReadAllText(precious));
        Assert.False(Path.Exists(directory["tree"]));
    }

    [Theory]
    [InlineData("tree/deep/mounted")]
    [InlineData("tree")]
    public void Touches_nothing_when_something_is_mounted_in_the_tree_and_names_it(string where)
    {
        directory.Write("tree/file");
        var source = Directory.CreateDirectory(directory["source"]).FullName;
        var target = Directory.CreateDirectory(directory[where]).FullName;
        directory.Write("source/precious", "data");
        Mount.Make(source, target, null, MountFlags.Bind);
        try
        {
            var error = Assert.Throws<MountInTheWayException>(() => SafeTree.Delete(directory["tree"]));

            Assert.Equal(target, error.MountPoint);
        }
        finally
        {
            Mount.Unmount(target);
        }

        Assert.True(File.Exists(directory["tree/file"]));
        Assert.Equal("data", File.ReadAllText(directory["source/precious"]));
    }

    [Fact]
    public void Finds_a_mount_also_when_the_path_leads_through_a_link()
    {
        var target = Directory.CreateDirectory(directory["real/tree/mounted"]).FullName;
        directory.Write("real/tree/file");
        Directory.CreateSymbolicLink(directory["link"], directory["real"]);
        Mount.Make("devoxx-test", target, "tmpfs", MountFlags.None);
        try
        {
            Assert.Throws<MountInTheWayException>(() => SafeTree.Delete(directory["link/tree"]));
            Assert.True(File.Exists(directory["real/tree/file"]));
        }
        finally
        {
            Mount.Unmount(target);
        }
    }

    [Fact]
    public void Deletes_trees_deeper_than_there_are_descriptors()
    {
        // Deeper than PATH_MAX too, so it is made from its lowest directory up.
        Directory.CreateDirectory(directory["tree"]);
        for (var level = 0; level < 1200; level++)
        {
            directory.Write("above/file");
            Directory.Move(directory["tree"], directory["above/d"]);
            Directory.Move(directory["above"], directory["tree"]);
        }

        SafeTree.Delete(directory["tree"]);

        Assert.False(Directory.Exists(directory["tree"]));
    }

    [Fact]
    public void Deletes_names_that_are_not_utf8()
    {
        Directory.CreateDirectory(directory["tree"]);
        using (var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "mkdir \"$(printf 'b\\377d')\" && : > \"$(printf 'b\\377d/\\376')\""])
        {
            WorkingDirectory = directory["tree"],
        })!)
        {
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
        }

        SafeTree.Delete(directory["tree"]);

        Assert.False(Directory.Exists(directory["tree"]));
    }

    [Fact]
    public async Task Never_leaves_the_tree_while_directories_are_swapped_for_links()
    {
        var precious = directory.Write("outside/precious", "data");
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    Directory.CreateDirectory(directory["tree/victim"]);
                    File.WriteAllText(directory["tree/victim/precious"], "bait");
                    Directory.Move(directory["tree/victim"], directory["tree/away"]);
                    Directory.CreateSymbolicLink(directory["tree/victim"], directory["outside"]);
                    File.Delete(directory["tree/victim"]);
                }
                catch (IOException)
                {
                    // the deletion was quicker
                }
            }
        });
        try
        {
            for (var round = 0; round < 500; round++)
            {
                try
                {
                    Directory.CreateDirectory(directory["tree"]);
                    SafeTree.Delete(directory["tree"]);
                }
                catch (LinuxException error) when (error.ErrnoName is "ENOTEMPTY")
                {
                    // the other one put something back in between
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await swapping;
        }

        Assert.Equal("data", File.ReadAllText(precious));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("relative/path")]
    [InlineData("/tmp/..")]
    public void Refuses_the_root_and_relative_paths(string path) => Assert.Throws<ArgumentException>(() => SafeTree.Delete(path));
}
