namespace Devoxx.Images.Tests;

public sealed class UserLookupTests : IDisposable
{
    private const string Passwd = """
        # comment
        root:x:0:0:root:/root:/bin/sh
        web:x:33:33::/var/www:/bin/false
        web2:x:33:34::/other:/bin/false
        1000:x:5:5::/digits:/bin/sh
        short:x:7:8
        big:x:4294967295:1::/:/bin/sh

        """;

    private const string Group = """
        root:x:0:
        www:x:33:
        audio:x:29:web,other
        video:x:44:web
        bad:x:none:web
        """;

    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(null, 0, 0, "0", "/root", "root")]
    [InlineData("", 0, 0, "0", "/root", "root")]
    [InlineData("web", 33, 33, "29 33 44", "/var/www", "web")]
    [InlineData("33", 33, 33, "29 33 44", "/var/www", "web")]
    [InlineData("web:audio", 33, 29, "29", "/var/www", "web")]
    [InlineData("web:1234", 33, 1234, "1234", "/var/www", "web")]
    [InlineData(":audio", 0, 29, "29", "/root", "root")]
    [InlineData("web:", 33, 33, "29 33 44", "/var/www", "web")]
    [InlineData("4321", 4321, 0, "0", "/", null)]
    [InlineData("4321:4322", 4321, 4322, "4322", "/", null)]
    [InlineData("1000", 1000, 0, "0", "/", null)]
    [InlineData("short", 7, 8, "8", "/", "short")]
    [InlineData("2147483647", 2147483647, 0, "0", "/", null)]
    public void Resolves_as_runc_does(string? text, uint uid, uint gid, string groups, string home, string? name)
    {
        Layer("1", Passwd, Group);

        var user = UserLookup.Resolve([_temporary["1"]], text);

        Assert.Equal((uid, gid, home, name), (user.Uid, user.Gid, user.Home, user.Name));
        Assert.Equal(groups, string.Join(' ', user.AdditionalGids));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("web:nogroup")]
    [InlineData("big")]
    [InlineData("-1")]
    [InlineData("2147483648")]
    [InlineData("4294967296")]
    [InlineData("1:2:3")]
    [InlineData("a b")]
    [InlineData("../x")]
    [InlineData("web:2147483648")]
    public void Refuses_what_is_not_there_or_malformed(string text)
    {
        Layer("1", Passwd, Group);
        Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["1"]], text));
    }

    [Fact]
    public void Root_needs_no_passwd()
    {
        Directory.CreateDirectory(_temporary["1"]);
        Assert.Equal(new { Uid = 0u, Gid = 0u }, UserLookup.Resolve([_temporary["1"]], null) is var user ? new { user.Uid, user.Gid } : null);
    }

    [Fact]
    public void The_topmost_file_counts_and_a_whiteout_hides_it()
    {
        Layer("1", "a:x:1:1::/:\n", "");
        Layer("2", "b:x:2:2::/:\n", "");
        Directory.CreateDirectory(_temporary["3/etc"]);
        _temporary.Run("mknod", "3/etc/passwd", "c", "0", "0");

        Assert.Equal(2u, UserLookup.Resolve([_temporary["1"], _temporary["2"]], "b").Uid);
        Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["1"], _temporary["2"]], "a"));
        Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["1"], _temporary["2"], _temporary["3"]], "b"));
    }

    [Fact]
    public void An_opaque_directory_hides_what_is_below()
    {
        Layer("1", "a:x:1:1::/:\n", "");
        Directory.CreateDirectory(_temporary["2/etc"]);
        _temporary.Run("setfattr", "-n", "trusted.overlay.opaque", "-v", "y", "2/etc");

        Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["1"], _temporary["2"]], "a"));
    }

    [Fact]
    public void Links_are_followed_across_layers_but_never_out()
    {
        Layer("1", "host:x:1:1::/:\n", "");
        File.WriteAllText(_temporary["outside"], "evil:x:666:0::/:\n");
        Directory.CreateDirectory(_temporary["2/usr/etc"]);
        File.WriteAllText(_temporary["2/usr/etc/passwd"], "inner:x:5:5::/:\n");
        Directory.CreateDirectory(_temporary["3/etc"]);
        File.CreateSymbolicLink(_temporary["3/etc/passwd"], "/../../../../usr/etc/passwd");
        Directory.CreateDirectory(_temporary["4/etc"]);
        File.CreateSymbolicLink(_temporary["4/etc/passwd"], _temporary["outside"]);

        Assert.Equal(5u, UserLookup.Resolve([_temporary["1"], _temporary["2"], _temporary["3"]], "inner").Uid);
        Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["1"], _temporary["4"]], "evil"));
    }

    [Fact]
    public void A_directory_replaced_by_a_link_is_the_link()
    {
        Layer("1", "old:x:1:1::/:\n", "");
        Directory.CreateDirectory(_temporary["2/usr/etc"]);
        File.WriteAllText(_temporary["2/usr/etc/passwd"], "new:x:5:5::/:\n");
        File.CreateSymbolicLink(_temporary["2/etc"], "usr/etc");

        Assert.Equal(5u, UserLookup.Resolve([_temporary["1"], _temporary["2"]], "new").Uid);
        Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["1"], _temporary["2"]], "old"));
    }

    [Fact]
    public void Refuses_what_is_no_regular_file_or_too_big_or_circular()
    {
        Directory.CreateDirectory(_temporary["1/etc"]);
        _temporary.Run("mkfifo", "1/etc/passwd");
        Assert.Contains("no regular file", Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["1"]], "web")).Message);

        Directory.CreateDirectory(_temporary["2/etc"]);
        _temporary.Run("truncate", "-s", "100M", "2/etc/passwd");
        Assert.Contains("larger", Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["2"]], "web")).Message);

        Directory.CreateDirectory(_temporary["3/etc"]);
        File.CreateSymbolicLink(_temporary["3/etc/passwd"], "passwd");
        Assert.Contains("symbolic links", Assert.Throws<ImageException>(() => UserLookup.Resolve([_temporary["3"]], "web")).Message);
    }

    private void Layer(string name, string passwd, string group)
    {
        Directory.CreateDirectory(_temporary[name + "/etc"]);
        File.WriteAllText(_temporary[name + "/etc/passwd"], passwd);
        File.WriteAllText(_temporary[name + "/etc/group"], group);
    }
}
