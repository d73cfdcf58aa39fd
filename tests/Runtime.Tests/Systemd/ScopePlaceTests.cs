using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Systemd;

namespace Devoxx.Runtime.Tests.Systemd;

public sealed class ScopePlaceTests
{
    [Theory]
    [InlineData("user-1000.slice:podman:x", "/user.slice/user-1000.slice/podman-x.scope")]
    [InlineData("a-b-c.slice:p:x", "/a.slice/a-b.slice/a-b-c.slice/p-x.scope")]
    [InlineData("-.slice:p:x", "/p-x.scope")]
    [InlineData(":p:x", "/system.slice/p-x.scope")]
    [InlineData("machine.slice::x", "/machine.slice/x.scope")]
    [InlineData("machine.slice:p:x:y", "/machine.slice/p-x:y.scope")]
    [InlineData(null, "/system.slice/devoxx-id.scope")]
    [InlineData(":p:a+b@c\\é", "/system.slice/p-a\\x2bb\\x40c\\x5c\\xc3\\xa9.scope")]
    public void A_scope_lies_in_its_slice_and_a_slice_in_those_of_its_name(string? given, string path) =>
        Assert.Equal(path, ScopePlace.Of(given, "id", isUser: false).Path);

    [Fact]
    public void A_users_scopes_have_another_slice_by_default() => Assert.Equal("user.slice", ScopePlace.Of(null, "id", isUser: true).Slice);

    [Theory]
    [InlineData("/a/b")]
    [InlineData("a:b")]
    [InlineData("a.slice:b:")]
    [InlineData("a:b:c")]
    [InlineData("a--b.slice:b:c")]
    [InlineData("-a.slice:b:c")]
    [InlineData("a/b.slice:b:c")]
    [InlineData(".slice:b:c")]
    public void Other_forms_are_refused(string given) => Assert.Throws<SetupException>(() => ScopePlace.Of(given, "id", isUser: false));

    [Theory]
    [InlineData("         0          0 4294967295\n", 0)]
    [InlineData("         0       1000          1\n         1     100000      65536\n", 1000)]
    public void The_user_outside_is_read_from_the_map(string map, long user) => Assert.Equal(user, ManagerSocket.OuterUser(map));
}
