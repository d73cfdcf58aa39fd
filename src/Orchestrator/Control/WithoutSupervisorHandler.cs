using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Foretelling;

namespace Devoxx.Orchestrator.Control;

/// <summary>Answers a dry run in the place of a supervisor that does not run, and is not started for it.</summary>
internal sealed class WithoutSupervisorHandler(StateRoot root) : HttpMessageHandler
{
    private readonly Lazy<WithoutSupervisor> answers = new(() => WithoutSupervisor.Look(root, DateTimeOffset.UtcNow));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var (project, verb) = path.StartsWith(ControlRoutes.Projects + "/", StringComparison.Ordinal) && path.Split('/') is [.., var name, var last]
            ? (Uri.UnescapeDataString(name), last) : (null, "");
        try
        {
            if (request.Method != HttpMethod.Post)
            {
                return project is not null && verb == "containers"
                    ? Answer(HttpStatusCode.OK, answers.Value.Containers(project), ControlJson.Default.ImmutableArrayContainerView)
                    : Refuse(HttpStatusCode.NotFound, "no supervisor runs, and none is started for a dry run: this cannot be told without one");
            }

            var lines = project is not null ? answers.Value.Project(project, verb, body) : answers.Value.Resources(path, body);
            return lines is { } told
                ? Answer(HttpStatusCode.OK, string.Concat(told.Select(line => JsonSerializer.Serialize(line, ControlJson.Default.ControlLine) + "\n")))
                : Refuse(HttpStatusCode.BadRequest, $"{path} has no dry run");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return Refuse(HttpStatusCode.BadRequest, e.Message);
        }
    }

    private static HttpResponseMessage Refuse(HttpStatusCode status, string error) => Answer(status, new ControlError(error), ControlJson.Default.ControlError);

    private static HttpResponseMessage Answer<T>(HttpStatusCode status, T value, JsonTypeInfo<T> type) => Answer(status, JsonSerializer.Serialize(value, type));

    private static HttpResponseMessage Answer(HttpStatusCode status, string text) => new(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
}
