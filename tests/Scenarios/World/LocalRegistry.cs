using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Devoxx.Scenarios.World;

/// <summary>Debian's docker-registry on a port of loopback, filled by skopeo.</summary>
public sealed class LocalRegistry : IDisposable
{
    private readonly Process process;

    private LocalRegistry(Process process, string host)
    {
        this.process = process;
        Host = host;
    }

    /// <summary><c>127.0.0.1:port</c></summary>
    public string Host { get; }

    public static async Task<LocalRegistry> Start(Sandbox sandbox)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var host = $"127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        var configuration = sandbox.Write($"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {sandbox.Directory}/registry}}}}\nhttp: {{addr: '{host}'}}\n", "registry.yml");
        var process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", configuration]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var registry = new LocalRegistry(process, host);
        using var client = new HttpClient();
        for (var deadline = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(20))
        {
            try
            {
                using var response = await client.GetAsync($"http://{host}/v2/");
                return registry;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < deadline && !process.HasExited)
            {
                // Not listening yet.
            }
        }
    }

    /// <summary>Pushes an image of an archive.</summary>
    public async Task Push(string archive, string image)
    {
        using var skopeo = new RunningCommand(new ProcessStartInfo("skopeo", ["copy", "-q", "--dest-tls-verify=false", $"docker-archive:{archive}:{image}", $"docker://{Host}/{image}"]));
        (await skopeo.Ended(TimeSpan.FromMinutes(3))).Succeeded();
    }

    /// <summary>What the registry has the image under, as skopeo sees it.</summary>
    public async Task<string> Digest(string image)
    {
        using var skopeo = new RunningCommand(new ProcessStartInfo("skopeo", ["inspect", "--tls-verify=false", "--no-tags", "--format", "{{.Digest}}", $"docker://{Host}/{image}"]));
        return (await skopeo.Ended()).Succeeded().Out.Trim();
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
