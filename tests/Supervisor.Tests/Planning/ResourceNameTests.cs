using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class ResourceNameTests
{
    [Theory]
    [InlineData("shop_data")]
    [InlineData("a")]
    [InlineData("0.db-1_x")]
    public void Accepts_what_docker_accepts(string name) => Assert.Null(ResourceName.Refusal(name));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("..", "begins with a letter or a digit")]
    [InlineData("../../etc", "begins with a letter or a digit")]
    [InlineData("a/../../etc", "`/`")]
    [InlineData("a b", "` `")]
    [InlineData("dätä", "`ä`")]
    [InlineData("a\nb", "`\n`")]
    public void Refuses_what_would_lead_elsewhere(string name, string why) => Assert.Contains(why, ResourceName.Refusal(name));

    [Fact]
    public void Refuses_one_too_long_for_a_directory() => Assert.Contains("200", ResourceName.Refusal(new string('a', 201)));

    [Theory]
    [InlineData("volume ../../evil: a name begins with a letter or a digit", "{image: x, volumes: [\"data:/data\"]}", "volumes: {data: {name: ../../evil}}")]
    [InlineData("network ../evil: a name begins with a letter or a digit", "{image: x, networks: [net]}", "networks: {net: {name: ../evil}}")]
    [InlineData("service web: container_name ok/../evil: a name cannot have `/` in it; letters, digits, `_`, `.` and `-` it can", "{image: x, container_name: ok/../evil}", "")]
    public void No_plan_has_such_a_name(string error, string service, string rest)
    {
        var plan = Up(Load($"services:\n  web: {service}\n{rest}\n"), Observation.Nothing with { Volumes = ImmutableHashSet<string>.Empty });
        Assert.Equal([error], plan.Errors);
        Assert.Empty(plan.Operations.Where(operation => operation.Name.Contains("evil")));
    }
}
