using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Devoxx.Images.Tests;

/// <summary>Debian's docker-registry on a port of loopback, its storage in the test's directory.</summary>
internal sealed class RegistryProcess : IDisposable
{
    private readonly Process _process;

    private RegistryProcess(Process process, string host)
    {
        _process = process;
        Host = host;
    }

    /// <summary><c>127.0.0.1:port</c></summary>
    public string Host { get; }

    /// <param name="authentication">YAML below <c>auth:</c>; null for none.</param>
    public static async Task<RegistryProcess> StartAsync(TemporaryDirectory directory, string? authentication = null, bool tls = false)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var host = $"127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        if (tls)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=registry", key, HashAlgorithmName.SHA256);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllText(directory["tls.crt"], certificate.ExportCertificatePem());
            File.WriteAllText(directory["tls.key"], key.ExportPkcs8PrivateKeyPem());
        }

        var configuration = $"""
            version: 0.1
            log: {"{"}level: error{"}"}
            storage:
              filesystem: {"{"}rootdirectory: {directory["registry"]}{"}"}
              delete: {"{"}enabled: true{"}"}
            http: {"{"}addr: {host}{(tls ? ", tls: {certificate: " + directory["tls.crt"] + ", key: " + directory["tls.key"] + "}" : "")}{"}"}
            {(authentication is null ? "" : "auth:\n" + authentication)}
            """;
        File.WriteAllText(directory["registry.yml"], configuration);
        var process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", directory["registry.yml"]]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var registry = new RegistryProcess(process, host);
        using var client = new HttpClient();
        for (var deadline = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(20))
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

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
