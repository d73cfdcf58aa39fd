using System.Diagnostics;
using System.Text;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Xunit;

namespace Devoxx.Native.Tests.Files;

public sealed class SafeTreeCopyTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Keeps_owner_mode_times_links_holes_devices_and_attributes()
    {
        Shell("""
            mkdir -p from/sub && cd from && echo data > file && chmod 4755 file && chown 12:34 file && touch -d '2001-02-03 04:05:06.789' file
            ln file sub/hard && ln -s ../nowhere sub/soft && chown -h 5:6 sub/soft && mkfifo sub/pipe && mknod sub/null c 1 3
            truncate -s 64M sparse && printf x | dd of=sparse bs=1 seek=33554432 conv=notrunc 2>/dev/null
            chown 12:34 file && chmod 4755 file && chmod 1777 . && chown 7:8 . && touch -d '2002-02-02 02:02:02.5' sub .
            """);
        using (var file = File.OpenHandle(directory["from/file"]))
        {
            Xattr.Set(file, "user.origin", "here"u8);
        }

        Shell("touch -d '2001-02-03 04:05:06.789' from/file; touch -d '2002-02-02 02:02:02.5' from");

        SafeTree.Copy(directory["from"], directory["to"]);

        const string look = "find . -printf '%P %y %m %U:%G %s %n %TY-%Tm-%Td %TT %l\n' | sort; stat -c '%t:%T' sub/null; cat file";
        Assert.Equal(Shell("cd from; " + look), Shell("cd to; " + look));
        Assert.Equal(Shell("stat -c %i to/file"), Shell("stat -c %i to/sub/hard"));
        Assert.Equal(Shell("sha256sum < from/sparse"), Shell("sha256sum < to/sparse"));
        Assert.True(long.Parse(Shell("stat -c %b to/sparse")) < 1024, "the hole was filled");
        using var copy = File.OpenHandle(directory["to/file"]);
        Assert.Equal("here", Encoding.UTF8.GetString(Xattr.Get(copy, "user.origin")!));
        Assert.Equal(["user.origin"], Xattr.List(copy));
        Assert.Null(Xattr.Get(copy, "user.missing"));
    }

    [Fact]
    public void Copies_between_file_systems()
    {
        var target = Directory.CreateDirectory(directory["to"]).FullName;
        directory.Write("from/file", new string('x', 200_000));
        Mount.Make("devoxx-test", target, "tmpfs", MountFlags.None);
        try
        {
            SafeTree.Copy(directory["from"], target);

            Assert.Equal(new string('x', 200_000), File.ReadAllText(directory["to/file"]));
        }
        finally
        {
            Mount.Unmount(target);
        }
    }

    [Fact]
    public void Copies_links_as_links_and_nothing_from_behind_them()
    {
        directory.Write("outside/secret", "secret");
        Directory.CreateDirectory(directory["from"]);
        Directory.CreateSymbolicLink(directory["from/link"], directory["outside"]);

        SafeTree.Copy(directory["from"], directory["to"]);

        Assert.Equal(directory["outside"], new FileInfo(directory["to/link"]).LinkTarget);
    }

    [Fact]
    public void Never_writes_through_a_link_in_the_target()
    {
        directory.Write("outside/file", "precious");
        directory.Write("from/sub/file", "new");
        Directory.CreateDirectory(directory["to"]);
        Directory.CreateSymbolicLink(directory["to/sub"], directory["outside"]);

        Assert.Throws<LinuxException>(() => SafeTree.Copy(directory["from"], directory["to"]));

        Assert.Equal("precious", File.ReadAllText(directory["outside/file"]));
    }

    [Fact]
    public void Refuses_to_overwrite()
    {
        directory.Write("from/file", "new");
        directory.Write("to/file", "old");

        var error = Assert.Throws<LinuxException>(() => SafeTree.Copy(directory["from"], directory["to"]));

        Assert.Equal("EEXIST", error.ErrnoName);
        Assert.Equal("old", File.ReadAllText(directory["to/file"]));
    }

    private string Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-e", "-c", script])
        {
            WorkingDirectory = directory.Path,
            RedirectStandardOutput = true,
            Environment = { ["TZ"] = "UTC" },
        })!;
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
