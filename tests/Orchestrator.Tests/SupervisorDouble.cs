using System.Text;
using Devoxx.Supervisor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Devoxx.Orchestrator.Tests;

/// <summary>Answers on the socket of a state root of its own as the supervisor would: the same server, canned answers.</summary>
internal sealed class SupervisorDouble : IAsyncDisposable
{
    private WebApplication? server;

    public SupervisorDouble() => Directory.CreateDirectory(Root.RunDirectory);

    public StateRoot Root { get; } = StateRoot.At(Path.Combine(Path.GetTempPath(), "devoxx-cli-tests", Guid.NewGuid().ToString("N")));

    /// <summary>What was asked, in order: <c>POST /v1/… body</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Answers every request by <paramref name="answer"/>.</summary>
    public async Task StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Root.SocketPath));
        server = builder.Build();
        server.Run(async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            lock (Requests)
            {
                Requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {body}".TrimEnd());
            }

            await answer(context);
        });
        await server.StartAsync();
    }

    /// <summary>Answers each path with its text; anything else with 404.</summary>
    public Task StartAsync(Dictionary<string, string> answers) => StartAsync(context =>
    {
        if (answers.TryGetValue(context.Request.Path, out var text))
        {
            return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();
        }

        context.Response.StatusCode = 404;
        return context.Response.WriteAsync("{\"error\":\"no such thing\"}");
    });

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.StopAsync(new CancellationToken(canceled: true));
            await server.DisposeAsync();
        }

        Directory.Delete(Root.RunDirectory, recursive: true);
    }
}
