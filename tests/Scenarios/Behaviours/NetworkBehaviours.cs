using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>Behaviours 17, 20 and 24 of the reference: what networks and ports mean for which containers there are.</summary>
public sealed class NetworkBehaviours
{
    /// <summary>17. A changed subnet recreates the network and re-addresses. 20. A missing external network fails only its users.</summary>
    [Fact]
    public async Task A_changed_network_is_made_anew_with_its_users_and_a_missing_one_fails_its_users_only()
    {
        const string stack = """
            name: nets
            services:
              web: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, networks: [inner]}
              other: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, network_mode: none}
            networks:
              inner: {ipam: {config: [{subnet: 10.231.7.0/24}]}}
            """;
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var first = await sandbox.Ids();
        Assert.Contains("10.231.7.", await Addresses());

        sandbox.Write(stack.Replace("10.231.7.", "10.231.8."));
        (await sandbox.Compose("up", "-d")).Succeeded();
        var second = await sandbox.Ids();
        Assert.Contains("10.231.8.", await Addresses());
        Assert.Equal(first["nets-other-1"], second["nets-other-1"]);
        Assert.NotEqual(first["nets-web-1"], second["nets-web-1"]);

        sandbox.Write("""
            name: nets
            services:
              lost: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, networks: [outer]}
              found: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, network_mode: none}
            networks: {outer: {external: true, name: no-such-network}}
            """);
        Assert.Contains("no-such-network", (await sandbox.Compose("up", "-d", "--remove-orphans")).FailedWith(1).Error);
        var states = await sandbox.States();
        Assert.Equal("running", states["nets-found-1"]);
        Assert.NotEqual("running", states["nets-lost-1"]);
        await sandbox.AssertNothingLeft();

        async Task<string> Addresses() => (await sandbox.Compose("exec", "-T", "web", "ip", "-4", "addr")).Succeeded().Out;
    }

    /// <summary>24. A published range serves five replicas.</summary>
    [Fact]
    public async Task A_published_range_serves_as_many_replicas()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            name: ports
            services:
              web:
                image: busybox:1.36
                stop_signal: SIGKILL
                command: sh -c 'mkdir /www; hostname > /www/index.html; exec httpd -f -h /www -p 80'
                ports: ["127.0.0.1:28431-28435:80"]
                deploy: {replicas: 5}
            """);

        (await sandbox.Compose("up", "-d", "--wait")).Succeeded();

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var answers = new HashSet<string>();
        for (var port = 28431; port <= 28435; port++)
        {
            answers.Add(await http.GetStringAsync($"http://127.0.0.1:{port}/"));
        }

        Assert.Equal(5, answers.Count);
        await sandbox.AssertNothingLeft();
    }
}
