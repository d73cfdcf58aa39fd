using Devoxx.Orchestrator.Control;
using Devoxx.Supervisor.Control;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class SupervisorConnectionTests : IAsyncDisposable
{
    private const string Success = """{"outcome":{"errors":[],"warnings":[]}}""";
    private readonly SupervisorDouble supervisor = new();
    private readonly List<Progress> progress = [];
    private int launches;

    public ValueTask DisposeAsync() => supervisor.DisposeAsync();

    private Task<SupervisorConnection> Open(Func<Task>? launch = null) => SupervisorConnection.OpenAsync(
        supervisor.Root,
        _ =>
        {
            launches++;
            return launch?.Invoke() ?? throw new CommandFailedException("it does not start");
        },
        CancellationToken.None);

    private Task<Outcome> Stop(SupervisorConnection connection, CancellationToken cancellation = default) => connection.PerformAsync(
        ControlRoutes.Services("shop", "stop"), new ServicesRequest(["web"], 3), ControlJson.Default.ServicesRequest, progress.Add, cancellation);

    [Fact]
    public async Task Asks_the_supervisor_that_runs()
    {
        await supervisor.StartAsync(new Dictionary<string, string> { [ControlRoutes.Projects] = """[{"name":"shop","status":"running(2)","configFiles":["/a"],"running":2,"total":2}]""" });
        using var connection = await Open();
        var projects = await connection.GetAsync(ControlRoutes.Projects, ControlJson.Default.ImmutableArrayProjectView, CancellationToken.None);
        Assert.Equal("shop", Assert.Single(projects).Name);
        Assert.Equal(0, launches);
    }

    [Fact]
    public async Task Starts_one_when_none_runs_and_then_asks_it()
    {
        using var connection = await Open(() => supervisor.StartAsync(new Dictionary<string, string> { [ControlRoutes.Projects] = "[]" }));
        Assert.Empty(await connection.GetAsync(ControlRoutes.Projects, ControlJson.Default.ImmutableArrayProjectView, CancellationToken.None));
        Assert.Equal(1, launches);
    }

    [Fact]
    public async Task Starts_another_when_the_one_found_hangs_up_unanswered()
    {
        await supervisor.StartAsync(context =>
        {
            if (launches == 0)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("[]");
        });
        using var connection = await Open(() => Task.CompletedTask);
        Assert.Empty(await connection.GetAsync(ControlRoutes.Projects, ControlJson.Default.ImmutableArrayProjectView, CancellationToken.None));
        Assert.Equal(1, launches);
    }

    [Fact]
    public async Task Says_why_none_can_be_started() =>
        Assert.Equal("it does not start", (await Assert.ThrowsAsync<CommandFailedException>(() => Open())).Message);

    [Fact]
    public async Task Reports_progress_as_it_comes_and_returns_the_outcome()
    {
        var mayEnd = new TaskCompletionSource();
        await supervisor.StartAsync(async context =>
        {
            await context.Response.WriteAsync("""{"progress":{"kind":"Container","name":"shop-web-1","status":"Stopping"}}""" + "\n");
            await context.Response.Body.FlushAsync();
            await mayEnd.Task;
            await context.Response.WriteAsync("""{"outcome":{"errors":["web would not stop"],"warnings":["slow"]}}""" + "\n");
        });
        using var connection = await Open();
        var first = new TaskCompletionSource();
        var stopping = connection.PerformAsync(
            ControlRoutes.Services("shop", "stop"),
            new ServicesRequest(["web"], 3),
            ControlJson.Default.ServicesRequest,
            line =>
            {
                progress.Add(line);
                first.SetResult();
            },
            CancellationToken.None);
        await first.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(stopping.IsCompleted);
        Assert.Equal(new Progress("Container", "shop-web-1", "Stopping"), Assert.Single(progress));
        mayEnd.SetResult();
        var outcome = await stopping;
        Assert.Equal(["web would not stop"], outcome.Errors);
        Assert.Equal(["slow"], outcome.Warnings);
        Assert.Equal(["""POST /v1/projects/shop/stop {"services":["web"],"stopTimeoutSeconds":3,"noDeps":false}"""], supervisor.Requests);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_words_of_the_supervisor()
    {
        await supervisor.StartAsync([]);
        using var connection = await Open();
        Assert.Equal("no such thing", (await Assert.ThrowsAsync<CommandFailedException>(() => Stop(connection))).Message);
    }

    [Fact]
    public async Task A_stream_that_ends_without_an_outcome_is_a_supervisor_that_went_away()
    {
        await supervisor.StartAsync(new Dictionary<string, string>
        {
            ["/v1/projects/shop/stop"] = """{"progress":{"kind":"Container","name":"a","status":"Stopping"}}""" + "\n" + Success,
        });
        using var connection = await Open();
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => Stop(connection));
        Assert.StartsWith("the supervisor went away before it had answered", failure.Message);
        Assert.Contains(supervisor.Root.SupervisorLogPath, failure.Message);
    }

    [Fact]
    public async Task Reads_a_stream_of_changes_until_cancelled()
    {
        await supervisor.StartAsync(async context =>
        {
            await context.Response.WriteAsync("""{"name":"one","status":"","configFiles":[],"running":0,"total":0}""" + "\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { });
        });
        using var connection = await Open();
        using var enough = new CancellationTokenSource();
        var seen = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var line in connection.StreamAsync("/v1/anything", ControlJson.Default.ControlError, enough.Token))
            {
                seen.Add(line.Error ?? "nothing");
                await enough.CancelAsync();
            }
        });
        Assert.Equal(["nothing"], seen);
    }

    [Fact]
    public async Task Uploads_what_it_reads()
    {
        await supervisor.StartAsync(new Dictionary<string, string> { [ControlRoutes.ImageLoad] = Success + "\n" });
        using var connection = await Open();
        var outcome = await connection.UploadAsync(ControlRoutes.ImageLoad, new MemoryStream("a tar"u8.ToArray()), progress.Add, CancellationToken.None);
        Assert.True(outcome.Succeeded);
        Assert.Equal(["POST /v1/images/load a tar"], supervisor.Requests);
    }
}
