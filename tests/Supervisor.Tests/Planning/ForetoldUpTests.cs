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
        var (plan, images) = ForetoldUp.Make(project, Wish(), _ => null, Observation.Nothing, Root, null, DateTimeOffset.UnixEpoch);
        Assert.Equal([new ForetoldImage("a", "it is not in the store")], images);

        var view = PlanViews.Of(plan, images);
        Assert.Equal(
            ["pull image a", "create volume shop_data", "create container shop-web-1", "start container shop-web-1"],
            view.Operations.Select(o => $"{o.Action} {o.Kind} {o.Name}"));
        Assert.Equal([2], view.Operations[3].After);
    }

    [Theory]
    [InlineData(null, "build image shop-web: it is not in the store")]
    [InlineData(true, "build image shop-web: --build")]
    [InlineData(false, "image shop-web is not in the store, and --no-build says not to build it")]
    public void An_image_that_is_built_is_told_to_be_built(bool? build, string told)
    {
        var (plan, images) = ForetoldUp.Make(
            Load("services: {web: {build: ., network_mode: none}}"), Wish() with { Build = build }, _ => null, Observation.Nothing, Root, null, DateTimeOffset.UnixEpoch);
        Assert.Equal(told, Assert.Single([.. PlanViews.Of(plan, images).Operations.Where(o => o.Kind == "image").Select(o => $"{o.Action} image {o.Name}: {o.Cause}"), .. plan.Errors]));
    }

    [Fact]
    public void An_image_that_must_not_be_pulled_stands_in_the_way() =>
        Assert.Contains("pull_policy says not to pull", Assert.Single(
            ForetoldUp.Make(Load("services: {web: {image: a, pull_policy: never}}"), Wish(), _ => null, Observation.Nothing, Root, null, DateTimeOffset.UnixEpoch).Plan.Errors));
}
