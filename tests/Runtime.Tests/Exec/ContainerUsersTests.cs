using Devoxx.Runtime.Exec;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Tests.Exec;

public sealed class ContainerUsersTests
{
    private static readonly ContainerUsers Users = new(path => path == "etc/passwd"
        ? "root:x:0:0:root:/root:/bin/sh\nann:x:1000:100:Ann:/home/ann:/bin/sh\n42:x:7:8::/home/n:/bin/sh\nbroken\n:::\nbad:x:zz:1:::\n"
        : "root:x:0:\nusers:x:100:\naudio:x:29:bob,ann\nwheel:x:10:ann\nbroken:x\n");

    [Theory]
    [InlineData("ann", 1000, 100, "29,10")]
    [InlineData("1000", 1000, 100, "29,10")]
    [InlineData("ann:audio", 1000, 29, "")]
    [InlineData("ann:5", 1000, 5, "")]
    [InlineData("5000", 5000, 0, "")]
    [InlineData("5000:6000", 5000, 6000, "")]
    [InlineData("42", 7, 8, "")]
    [InlineData("root", 0, 0, "")]
    public void Resolves_names_and_numbers(string text, uint uid, uint gid, string groups)
    {
        var user = Users.Resolve(text);
        Assert.Equal((uid, gid, groups), (user.Uid, user.Gid, string.Join(',', user.AdditionalGids ?? [])));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("ann:nogroup")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("ann:")]
    [InlineData(":audio")]
    [InlineData("a:b:c")]
    [InlineData("+5")]
    [InlineData(" 5")]
    [InlineData("0x5")]
    [InlineData("99999999999")]
    public void Refuses_anything_else(string text) => Assert.Throws<SetupException>(() => Users.Resolve(text));

    [Fact]
    public void Knows_the_home_of_a_user()
    {
        Assert.Equal("/home/ann", Users.HomeOf(1000));
        Assert.Equal("/", Users.HomeOf(4711));
    }
}
