namespace Devoxx.Compose.Tests;

/// <summary>What `config` prints and `up` refuses.</summary>
public sealed class StartChecksTests
{
    private static IEnumerable<string> Errors(string yaml) =>
        StartChecks.For(ComposeLoader.Load(Compose.Request(yaml))).Select(d => d.ToString().Replace("/srv/app/", ""));

    [Theory]
    [InlineData("restart: sometimes", "compose.yaml:4:14: services.it.restart: `sometimes` cannot be run; write \"no\", always, on-failure, on-failure:MAX or unless-stopped")]
    [InlineData("restart: on-failure:many", "compose.yaml:4:14: services.it.restart: `on-failure:many` cannot be run; write \"no\", always, on-failure, on-failure:MAX or unless-stopped")]
    [InlineData("pull_policy: maybe", "compose.yaml:4:18: services.it.pull_policy: `maybe` cannot be run; write always, missing, never, build, daily, weekly or every_DURATION")]
    [InlineData("stop_signal: SIGTREM", "compose.yaml:4:18: services.it.stop_signal: `SIGTREM` cannot be run; did you mean SIGTERM?")]
    [InlineData("expose: [http]", "compose.yaml:4:14: services.it.expose[0]: `http` cannot be run; write a port or a range, such as 8000, 8000-8010 or 53/udp")]
    [InlineData("cap_add: [NET_ADMN]", "compose.yaml:4:15: services.it.cap_add[0]: `NET_ADMN` cannot be run; did you mean NET_ADMIN?")]
    [InlineData("cpuset: \"3-1\"", "compose.yaml:4:13: services.it.cpuset: `3-1` cannot be run; write CPUs such as 0-3 or 0,2")]
    [InlineData("logging: {options: {max-size: big}}", "compose.yaml:4:35: services.it.logging.options.max-size: `big` cannot be run; write a size such as 10m")]
    [InlineData("deploy: {restart_policy: {condition: seldom}}", "compose.yaml:4:42: services.it.deploy.restart_policy.condition: `seldom` cannot be run; write none, on-failure or any")]
    public void Refuses_what_cannot_be_run(string body, string expected)
    {
        Assert.NotNull(Compose.Request(Compose.Stack(body)).Project());
        Assert.Equal([expected], Errors(Compose.Stack(body)));
    }

    [Fact]
    public void Refuses_subnets_that_are_none() => Assert.Equal(
        ["compose.yaml:2:41: networks.n.ipam.config[0].subnet: `10.0.0.0/99` cannot be run; write an address and a prefix length, such as 172.28.0.0/16"],
        Errors("services: {a: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: 10.0.0.0/99}]}}}"));

    [Theory]
    [InlineData("restart: on-failure:3\nstop_signal: RTMIN+3\nexpose: [80, 90-95, 53/udp]\ncap_add: [CAP_SYS_ADMIN, all]\ncap_drop: [net_raw]\ncpuset: 0,2-4\npull_policy: every_2d12h")]
    [InlineData("restart: \"no\"\nstop_signal: 15\nlogging: {options: {max-size: 10m, max-file: 3}}\npull_policy: if_not_present")]
    public void Lets_through_what_can_be_run(string body) => Assert.Empty(Errors(Compose.Stack(body)));

    [Fact]
    public void Does_not_look_at_services_that_are_not_active() =>
        Assert.Empty(Errors("services: {a: {image: x}, b: {image: x, restart: sometimes, profiles: [p]}}"));

    [Fact]
    public void Asks_whoever_knows_the_machine_about_a_runtime()
    {
        var result = ComposeLoader.Load(Compose.Request(Compose.Stack("runtime: runcc")));

        var error = Assert.Single(StartChecks.For(result, name => name == "runcc" ? "write runc" : null));

        Assert.Equal("compose.yaml:4:14: services.it.runtime: `runcc` cannot be run; write runc", error.ToString().Replace("/srv/app/", ""));
        Assert.Empty(StartChecks.For(result, static _ => null));
    }
}
