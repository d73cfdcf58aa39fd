using System.Collections.Immutable;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>kill -9 in the middle of a pull.</summary>
public sealed class KillTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = new([.. Enumerable.Range(0, 6).Select(Layer)]) { Compress = TestImage.Gzip };

    public void Dispose()
    {
        _registry.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task A_killed_pull_leaves_nothing_and_the_next_one_fetches_only_what_is_missing()
    {
        _registry.Put(_image, "app", "1");
        var last = TestImage.Gzip(_image.Layers[5]);
        var reached = new TaskCompletionSource();
        _registry.Misbehave = request =>
        {
            if (!request.Path.EndsWith(TestImage.Sha(last)))
            {
                return null;
            }

            reached.TrySetResult();
            return new FakeAnswer(200, last[..^1000]) { Length = last.Length };
        };

        using (var process = PullingProcess.Start(_temporary["images"], _registry.Host + "/app:1"))
        {
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            while (!Directory.EnumerateFiles(_temporary["images/work"], "big-5", SearchOption.AllDirectories).Any() || Directory.GetDirectories(_temporary["images/l"]).Length < 3)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        _registry.Misbehave = _ => null;
        using var store = ImageStore.Open(_temporary["images"]);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
        Assert.Empty(store.List());
        var complete = Directory.GetDirectories(_temporary["images/l"]).Length;
        Assert.InRange(complete, 3, 5);
        _registry.Requests.Clear();

        await Check(store);
        Assert.Equal(6 - complete, _registry.Requests.Count(request => request.Path.Contains("/blobs/") && !request.Path.EndsWith(_image.Id)));
    }

    [Fact]
    public async Task Wherever_it_is_killed_the_next_pull_completes()
    {
        _registry.Put(_image, "app", "1");
        for (var i = 0; i < 12; i++)
        {
            using var process = PullingProcess.Start(_temporary["images"], _registry.Host + "/app:1");
            await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(300 + 15 * i, TestContext.Current.CancellationToken));
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using var store = ImageStore.Open(_temporary["images"]);
        await Check(store);

        // Everything on disk is named by the index, and goes with the image.
        store.Remove(_registry.Host + "/app:1", _ => null);
        store.Prune(_ => null, all: true);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/l"]));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/skeletons"]));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
    }

    private async Task Check(ImageStore store)
    {
        var options = new PullOptions { Registries = RegistriesConfiguration.Empty, Environment = ImmutableDictionary<string, string>.Empty };
        var image = await store.PullAsync(ImageReference.Parse(_registry.Host + "/app:1"), options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(_image.Id, image.Id);
        for (var i = 0; i < image.LayerDirectories.Length; i++)
        {
            Assert.Equal(201, Directory.GetFiles(image.LayerDirectories[i]).Length);
            Assert.Equal(400_000, new FileInfo($"{image.LayerDirectories[i]}/big-{i}").Length);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
        Assert.Equal(image.LayerDirectories.Order(), Directory.GetDirectories(_temporary["images/l"]).Order());
    }

    private static byte[] Layer(int number)
    {
        var tar = new TarBuilder().File($"big-{number}", string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i * 7919L * (number + 1) % 99991:d5}12345")));
        for (var i = 0; i < 200; i++)
        {
            tar.File($"file-{number}-{i}", $"{i}");
        }

        return tar.Bytes();
    }
}
