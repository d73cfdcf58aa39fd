using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Devoxx.Compose;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Projects;

namespace Devoxx.Supervisor.Control;

/// <summary>From the body of a request about a project to the message it is. Pure.</summary>
internal static class ProjectRequests
{
    /// <param name="verb">The last part of its path: <c>up</c>, <c>stop</c>, …</param>
    /// <exception cref="JsonException">The body is not what the verb takes.</exception>
    /// <exception cref="FormatException">The verb is none, or something in the body cannot be meant.</exception>
    public static ProjectRequest Read(string project, string verb, ReadOnlySpan<byte> body, ChannelWriter<ControlLine> output)
    {
        switch (verb)
        {
            case "up":
                var up = Read(body, ControlJson.Default.UpRequest);
                var model = Model(up.Project);
                ServiceImages.Check(model, up.Pull);
                return new UpProject(project, output, model, Definition(up), up.ToWish());
            case "run":
                var run = Read(body, ControlJson.Default.RunRequest);
                var oneOff = Model(run.Model);
                ServiceImages.Check(oneOff, null);
                return new UpProject(project, output, oneOff, Definition(run.Up), run.ToWish());
            case "remove":
                var remove = Read(body, ControlJson.Default.RemoveContainersRequest);
                return new RemoveContainers(project, output, remove.Services.IsDefault ? [] : remove.Services, remove.Stop, remove.Volumes);
            case "down":
                var down = Read(body, ControlJson.Default.DownRequest);
                return new DownProject(
                    project, output, down.Project is { } given ? Model(given) : null,
                    new DownWish(down.Services.IsDefault ? [] : down.Services, down.Volumes, down.RemoveOrphans, Seconds(down.StopTimeoutSeconds)));
        }

        var request = Read(body, ControlJson.Default.ServicesRequest);
        var services = request.Services.IsDefault ? [] : request.Services;
        return verb switch
        {
            "start" => new StartServices(project, output, services),
            "stop" => new StopServices(project, output, services, Seconds(request.StopTimeoutSeconds)),
            "restart" => new RestartServices(project, output, services, Seconds(request.StopTimeoutSeconds), request.NoDeps),
            "kill" => new KillServices(
                project, output, services,
                Signal.TryParse(request.Signal ?? "SIGKILL") ?? throw new FormatException($"{request.Signal} is not a signal; say e.g. SIGTERM, HUP or 9"),
                request.Container,
                request.Orphans ?? true),
            "pause" => new PauseServices(project, output, services, Pause: true),
            "unpause" => new PauseServices(project, output, services, Pause: false),
            _ => throw new FormatException($"no such request: {verb}"),
        };
    }

    private static ProjectDefinition Definition(UpRequest up) =>
        new(up.Project.Clone(), up.ConfigFiles.IsDefault ? [] : up.ConfigFiles, up.WorkingDirectory ?? "");

    private static Project Model(JsonElement project) => ProjectJson.Read(Encoding.UTF8.GetBytes(project.GetRawText()));

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;

    private static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(body, type) ?? throw new FormatException("the request has no body");
}
