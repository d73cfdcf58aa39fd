using System.Net;
using System.Net.Sockets;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/web: nginx, an app, postgres and redis, all real, which find each other by name.</summary>
public sealed class WebScenario
{
    private static readonly string Stack = Executables.Example("web");

    [Fact]
    public async Task Nginx_asks_the_app_and_the_app_its_databases_by_name()
    {
        await using var sandbox = await Sandbox.Create();
        (await sandbox.Compose("image", "load", "-i", DebianArchive.Path)).Succeeded();
        var port = FreePort();
        sandbox.Variables["WEB_PORT"] = port.ToString();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };

        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();
        var first = await Fetch(client, $"http://127.0.0.1:{port}/");
        Assert.Matches("Hello from [0-9a-f]{12}: visit 1 by redis, row 1 in postgres", first);
        Assert.Contains("visit 2 by redis, row 2 in postgres", await Fetch(client, $"http://localhost:{port}/"));

        // More replicas behind one name, and nginx finds them.
        (await sandbox.Compose("-f", Stack, "up", "-d", "--scale", "app=3")).Succeeded();
        var hosts = new HashSet<string>();
        for (var deadline = DateTime.UtcNow.AddSeconds(20); hosts.Count < 2 && DateTime.UtcNow < deadline;)
        {
            hosts.Add((await Fetch(client, $"http://127.0.0.1:{port}/")).Split(' ')[2]);
        }

        Assert.True(hosts.Count > 1, "only one replica is ever asked");

        // The database is restarted while the app talks to it: the same rows, under the same name.
        (await sandbox.Compose("-f", Stack, "restart", "db")).Succeeded();
        var before = Row(first);
        Assert.True(Row(await Fetch(client, $"http://127.0.0.1:{port}/", text => !text.Contains("no answer"))) > before);

        // The databases are on a network that nginx is not on: to it they have no name.
        Assert.NotEmpty((await sandbox.Compose("-f", Stack, "exec", "-T", "app", "dig", "+short", "db")).Succeeded().Out);
        Assert.Empty((await sandbox.Compose("-f", Stack, "exec", "-T", "web", "sh", "-c", "dig +noall +answer +tries=1 +time=2 db | grep -v '^;' || true")).Out);
        await sandbox.AssertNothingLeft(Stack);
    }

    private static int Row(string text) => int.Parse(text.Split("row ")[1].Split(' ')[0]);

    /// <summary>The page, once there is one: the servers begin at their own pace.</summary>
    private static async Task<string> Fetch(HttpClient client, string url, Func<string, bool>? wanted = null)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(50))
        {
            try
            {
                using var response = await client.GetAsync(url);
                var text = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode && (wanted?.Invoke(text) ?? true))
                {
                    return text;
                }

                Assert.True(DateTime.UtcNow < deadline, $"{(int)response.StatusCode} {text}");
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && DateTime.UtcNow < deadline)
            {
                // Not yet.
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
