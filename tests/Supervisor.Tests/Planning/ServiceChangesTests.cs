using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class ServiceChangesTests
{
    [Theory]
    [InlineData("image: a, environment: {FOO: y, SAME: s}", "environment.FOO")]
    [InlineData("image: b, environment: {FOO: x, SAME: s, NEW: n}", "environment.NEW, image")]
    [InlineData("image: a", "environment.FOO, environment.SAME")]
    [InlineData("image: a, environment: {FOO: x, SAME: s}, command: [ls], tty: true, mem_limit: 10m", "command, mem_limit, tty")]
    [InlineData("image: a, environment: {FOO: x, SAME: s}, labels: {a: b}, cap_add: [ALL], init: true, user: me, read_only: true, hostname: h", "cap_add, hostname, init, labels.a, read_only and 1 more")]
    public void Names_the_keys_that_have_changed_and_none_of_their_values(string now, string keys)
    {
        var before = Load("services: {web: {image: a, environment: {FOO: x, SAME: s}}}");
        var container = Created(Up(before)).Single();
        Assert.Equal($"its configuration has changed: {keys}", ServiceChanges.Cause(before, Load($"services: {{web: {{{now}}}}}"), container));
    }

    [Fact]
    public void Names_none_when_the_container_is_of_another_definition_than_the_last()
    {
        var first = Created(Up(Load("services: {web: {image: a}}"))).Single();
        var second = Load("services: {web: {image: b}}");
        Assert.Equal("its configuration has changed", ServiceChanges.Cause(second, Load("services: {web: {image: c}}"), first));
        Assert.Equal("its configuration has changed", ServiceChanges.Cause(null, second, first));
    }
}
