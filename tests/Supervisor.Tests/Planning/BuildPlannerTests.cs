using System.Collections.Immutable;
using Devoxx.Images;
using Devoxx.Supervisor.Planning;
using Xunit;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class BuildPlannerTests
{
    private static readonly ImmutableDictionary<string, string> Environment = ImmutableDictionary<string, string>.Empty.Add("TOKEN", "t").Add("FROM_SHELL", "s");

    [Fact]
    public void Everything_the_build_section_says_reaches_the_builder()
    {
        var builds = Make("""
            services:
              app:
                build:
                  context: ./src
                  dockerfile: D
                  target: run
                  args: { GIVEN: "1" }
                  labels: { a: b }
                  tags: [other:2]
                  cache_from: [c:1]
                  cache_to: ["type=local,dest=/c"]
                  network: host
                  extra_hosts: ["h:1.2.3.4"]
                  shm_size: 1m
                  ulimits: { nofile: { soft: 1, hard: 2 } }
                  secrets: [file, { source: variable, target: there }]
                  ssh: [default, "key=/k"]
                  no_cache: true
                  pull: true
            secrets:
              file: { file: ./secret }
              variable: { environment: TOKEN }
            """, new BuildWish([], Arguments: ["GIVEN=2", "MORE=3", "FROM_SHELL", "NOWHERE"], Memory: 5));

        var build = Assert.Single(builds).Request;
        Assert.Equal(("/srv/shop/src", "D", "run", "host", 1L << 20, 5L), (build.Context, build.Dockerfile, build.Target, build.Network, build.ShmSize, build.Memory));
        Assert.Equal(["shop-app:latest", "other:2"], build.Tags.Select(tag => tag.Familiar + (tag.Familiar.Contains(':') ? "" : ":latest")));
        Assert.Equal(["FROM_SHELL=s", "GIVEN=2", "MORE=3"], build.Args.Select(argument => $"{argument.Key}={argument.Value}"));
        Assert.Equal(("b", "app"), (build.Labels["a"], build.Labels["com.docker.compose.service"]));
        Assert.Equal(["file /srv/shop/secret ", "there  TOKEN"], build.Secrets.Select(secret => $"{secret.Id} {secret.File} {secret.EnvironmentVariable}"));
        Assert.Equal(["c:1", "type=local,dest=/c", "h:1.2.3.4", "nofile=1:2"], [.. build.CacheFrom, .. build.CacheTo, .. build.ExtraHosts, .. build.Ulimits]);
        Assert.Equal(["default", "key=/k"], build.Ssh);
        Assert.True(build is { NoCache: true, Pull: true });
    }

    [Fact]
    public void Up_builds_what_is_missing_and_tries_a_registry_first_where_the_service_names_an_image()
    {
        var builds = Make("""
            services:
              named: { image: app:1, build: . }
              nameless: { build: . }
              always: { image: b, build: ., pull_policy: always }
              never: { image: c, build: ., pull_policy: never }
              build: { image: d, build: ., pull_policy: build }
              other: { image: busybox }
            """, new BuildWish([], BuildOccasion.Needed));

        Assert.Equal(
            ["always b missing pull again", "build d", "named app:1 missing pull", "nameless shop-nameless missing", "never c missing"],
            builds.Select(build => $"{build.Service} {build.Image}{(build.OnlyMissing ? " missing" : "")}{(build.PullFirst ? " pull" : "")}{(build.PullAlways ? " again" : "")}"));
    }

    [Fact]
    public void A_build_comes_after_those_it_starts_from()
    {
        const string yaml = """
            services:
              a: { build: { context: ., additional_contexts: { base: "service:z" } } }
              z: { build: . }
            """;
        var builds = Make(yaml, new BuildWish(["a"]));
        Assert.Equal(["z", "a"], builds.Select(build => build.Service));
        Assert.Equal("docker-image://shop-z", builds[1].Request.AdditionalContexts["base"]);
    }

    [Theory]
    [InlineData("services: { a: { build: { context: ., additional_contexts: { x: 'service:b' } } }, b: { build: { context: ., additional_contexts: { x: 'service:a' } } } }", "wait for each other")]
    [InlineData("services: { a: { build: { context: ., secrets: [s] } } }\nsecrets: { s: { environment: GONE } }", "GONE, which is not set")]
    public void Refuses_what_cannot_be_built(string yaml, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => Make(yaml, new BuildWish([]))).Message);

    [Fact]
    public void Build_builds_all_platforms_and_up_the_one_that_runs_here()
    {
        var yaml = $"services: {{ a: {{ build: {{ context: ., platforms: [linux/s390x, {ImagePlatform.Host}, linux/s390x] }} }} }}";
        var asked = Make(yaml, new BuildWish([]))[0].Request;
        Assert.Equal(["linux/s390x", ImagePlatform.Host.ToString()], asked.Platforms.Select(platform => platform.ToString()));

        Assert.All((BuildWish[])[new BuildWish([]) { OnlyHere = true }, new BuildWish([], BuildOccasion.Needed)], wish =>
        {
            var request = Make(yaml, wish)[0].Request;
            Assert.Equal((ImagePlatform.Host, true), (request.Platform, request.Platforms.IsEmpty));
        });
    }

    private static ImmutableArray<PlannedBuild> Make(string yaml, BuildWish wish) => BuildPlanner.Make(PlannerFixture.Load(yaml), wish, Environment);
}
