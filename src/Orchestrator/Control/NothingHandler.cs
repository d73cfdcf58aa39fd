using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Control;

/// <summary>Answers a dry run as a supervisor would that has just been started in an empty state root, which is not made for it.</summary>
internal sealed class NothingHandler(StateRoot root) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (request.Method != HttpMethod.Post)
        {
            return Answer("[]");
        }

        var (project, verb) = path.Split('/') is [.., var name, var last] ? (Uri.UnescapeDataString(name), last) : ("", "");
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        ImmutableArray<ControlLine> lines = verb switch
        {
            "up" => NothingYet.Up(JsonSerializer.Deserialize(body, ControlJson.Default.UpRequest)!, root),
            "run" => NothingYet.Run(JsonSerializer.Deserialize(body, ControlJson.Default.RunRequest)!, root),
            _ => [new ControlLine(Outcome: NothingYet.Other(project, verb))],
        };
        return Answer(string.Concat(lines.Select(line => JsonSerializer.Serialize(line, ControlJson.Default.ControlLine) + "\n")));
    }

    private static HttpResponseMessage Answer(string text) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
}
