using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Devoxx.Images.Tests;

/// <summary>What the fake registry answers. <paramref name="CutAfter"/>: so many bytes of the body, then the connection is closed.</summary>
internal sealed record FakeAnswer(int Status, byte[] Body, string? Type = null, int? CutAfter = null)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>The connection stays, and nothing comes.</summary>
    public static FakeAnswer Silence { get; } = new(0, []);

    /// <summary>What the header says, when it is not the body's length.</summary>
    public int? Length { get; init; }
}

internal sealed record FakeRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public int Offset => Headers.TryGetValue("range", out var range) ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;
}

/// <summary>A registry that misbehaves as it is told, over real sockets.</summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, (byte[] Content, string Type)> _content = [];

    public FakeRegistry()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Host => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    /// <summary>Asked first; null: the ordinary answer.</summary>
    public Func<FakeRequest, FakeAnswer?> Misbehave { get; set; } = _ => null;

    public bool HasRanges { get; set; } = true;

    public void Put(string path, byte[] content, string type = "application/octet-stream") => _content[path] = (content, type);

    /// <summary>Puts an image under a tag.</summary>
    public string Put(TestImage image, string repository, string tag, string type = Manifests.OciManifest, Func<string, string>? forge = null)
    {
        var blobs = image.Layers.Select(image.Compress).ToArray();
        foreach (var blob in blobs)
        {
            Put($"/v2/{repository}/blobs/{TestImage.Sha(blob)}", blob);
        }

        Put($"/v2/{repository}/blobs/{image.Id}", image.Configuration);
        var text = image.Manifest(blobs).Replace(Manifests.OciManifest.Replace("+", "\\u002B"), type);
        var manifest = Encoding.UTF8.GetBytes(forge?.Invoke(text) ?? text);
        Put($"/v2/{repository}/manifests/{tag}", manifest, type);
        Put($"/v2/{repository}/manifests/{TestImage.Sha(manifest)}", manifest, type);
        return TestImage.Sha(manifest);
    }

    public void PutIndex(string repository, string tag, params (string Digest, string Architecture, string? Variant)[] entries)
    {
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifests.OciIndex,
            ["manifests"] = new JsonArray([.. entries.Select(entry => (JsonNode)new JsonObject
            {
                ["mediaType"] = Manifests.OciManifest,
                ["digest"] = entry.Digest,
                ["size"] = _content[$"/v2/{repository}/manifests/{entry.Digest}"].Content.Length,
                ["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = entry.Architecture, ["variant"] = entry.Variant },
            })]),
        };
        Put($"/v2/{repository}/manifests/{tag}", Encoding.UTF8.GetBytes(index.ToJsonString()), Manifests.OciIndex);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    var answer = Misbehave(request) ?? Answer(request);
                    if (answer == FakeAnswer.Silence)
                    {
                        await stream.ReadExactlyAsync(new byte[1]);
                        return;
                    }

                    var head = new StringBuilder($"HTTP/1.1 {answer.Status} X\r\nContent-Length: {answer.Length ?? answer.Body.Length}\r\n");
                    if (answer.Type is not null)
                    {
                        head.Append($"Content-Type: {answer.Type}\r\n");
                    }

                    foreach (var (name, value) in answer.Headers)
                    {
                        head.Append($"{name}: {value}\r\n");
                    }

                    await stream.WriteAsync(Encoding.ASCII.GetBytes(head + "\r\n"));
                    if (request.Method != "HEAD")
                    {
                        await stream.WriteAsync(answer.Body.AsMemory(0, answer.CutAfter ?? answer.Body.Length));
                    }

                    if (answer.CutAfter is not null)
                    {
                        return;
                    }
                }
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }

    public byte[] Take(string path) => _content[path].Content;

    /// <summary>What a registry that behaves says.</summary>
    public FakeAnswer Answer(FakeRequest request)
    {
        if (!_content.TryGetValue(request.Path.Split('?')[0], out var found))
        {
            return new FakeAnswer(404, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"""u8.ToArray(), "application/json");
        }

        var headers = new Dictionary<string, string> { ["Docker-Content-Digest"] = TestImage.Sha(found.Content) };
        if (request.Offset == 0 || !HasRanges)
        {
            return new FakeAnswer(200, found.Content, found.Type) { Headers = headers };
        }

        headers["Content-Range"] = $"bytes {request.Offset}-{found.Content.Length - 1}/{found.Content.Length}";
        return new FakeAnswer(206, found.Content[request.Offset..], found.Type) { Headers = headers };
    }

    private static async Task<FakeRequest?> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 4 || bytes[^1] != '\n' || bytes[^3] != '\n')
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return null;
            }

            bytes.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. bytes]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var words = lines[0].Split(' ');
        var request = new FakeRequest(words[0], words[1], lines.Skip(1).ToDictionary(line => line[..line.IndexOf(':')].ToLowerInvariant(), line => line[(line.IndexOf(':') + 1)..].Trim()));
        if (request.Headers.TryGetValue("content-length", out var length))
        {
            await stream.ReadExactlyAsync(new byte[int.Parse(length)]);
        }

        return request;
    }
}
