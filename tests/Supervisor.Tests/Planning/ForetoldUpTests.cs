using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class ForetoldUpTests
{
    [Fact]
    public void An_image_that_is_not_there_is_told_to_be_pulled_and_the_rest_is_planned_all_the_same()
    {
        var project = Load("services: {web: {image: a, network_mode: none, volumes: [\"data:/d\"]}}\nvolumes: {data: {}}");
        var (plan, pulls) = ForetoldUp.Make(project, Wish(), _ => null, Observation.Nothing, Root, null, DateTimeOffset.UnixEpoch);
        Assert.Equal([new ForetoldPull("a", "it is not in the store")], pulls);

        var view = PlanViews.Of(plan, pulls);
        Assert.Equal(
            ["pull image a", "create volume shop_data", "create container shop-web-1", "start container shop-web-1"],
            view.Operations.Select(o => $"{o.Action} {o.Kind} {o.Name}"));
        Assert.Equal([2], view.Operations[3].After);
    }

    [Fact]
    public void An_image_that_must_not_be_pulled_stands_in_the_way() =>
        Assert.Contains("pull_policy says not to pull", Assert.Single(
            ForetoldUp.Make(Load("services: {web: {image: a, pull_policy: never}}"), Wish(), _ => null, Observation.Nothing, Root, null, DateTimeOffset.UnixEpoch).Plan.Errors));
}
