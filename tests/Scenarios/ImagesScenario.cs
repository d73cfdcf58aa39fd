using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Images as anybody has them: pulled from a registry, and run.</summary>
public sealed class ImagesScenario
{
    [Fact]
    public async Task Up_pulls_what_is_missing_and_pull_looks_for_newer()
    {
        await using var sandbox = await Sandbox.Create();
        using var registry = await LocalRegistry.Start(sandbox);
        await registry.Push(Executables.BusyboxArchive, "busybox:1.36");
        sandbox.Write($"name: images\nservices:\n  app:\n    image: {registry.Host}/busybox:1.36\n    command: sleep infinity\n    stop_grace_period: 0s\n");

        var up = (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Contains($"Image {registry.Host}/busybox:1.36  Pulled", up.Error);
        Assert.Equal("hello\n", (await sandbox.Compose("exec", "-T", "app", "echo", "hello")).Succeeded().Out);

        // The same content under another tag: nothing to fetch, and nothing to recreate.
        var pull = (await sandbox.Compose("pull")).Succeeded();
        Assert.DoesNotContain("Downloading", pull.Error);
        var id = await sandbox.Id("app");
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal(id, await sandbox.Id("app"));

        (await sandbox.Compose("image", "rm", $"{registry.Host}/busybox:1.36")).Succeeded();
        var refused = (await sandbox.Compose("image", "rm", "busybox:1.36")).FailedWith(1);
        Assert.Contains("in use", refused.Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_stack_is_locked_to_the_digests_that_a_registry_has_and_runs_from_them()
    {
        await using var sandbox = await Sandbox.Create();
        using var registry = await LocalRegistry.Start(sandbox);
        await registry.Push(Executables.BusyboxArchive, "busybox:1.36");
        var image = $"{registry.Host}/busybox:1.36";
        var digest = await registry.Digest("busybox:1.36");
        sandbox.Write($"name: images\nservices:\n  app:\n    image: {image}\n    command: sleep infinity\n    stop_grace_period: 0s\n");

        var resolved = (await sandbox.Compose("config", "--resolve-image-digests")).Succeeded();
        Assert.Contains($"    image: {image}@{digest}\n", resolved.Out);
        Assert.Contains("command:", resolved.Out);
        (await sandbox.Compose("config", "--lock-image-digests", "-o", "lock.yaml")).Succeeded();
        Assert.Equal($"services:\n  app:\n    image: {image}@{digest}\n", await File.ReadAllTextAsync(Path.Join(sandbox.Directory, "lock.yaml")));
        (await sandbox.Compose("-f", "compose.yaml", "-f", "lock.yaml", "up", "-d")).Succeeded();
        Assert.Equal("hello\n", (await sandbox.Compose("exec", "-T", "app", "echo", "hello")).Succeeded().Out);

        sandbox.Write($"services:\n  app: {{image: '{registry.Host}/busybox:gone'}}\n", "gone.yaml");
        var refused = (await sandbox.Compose("-f", "gone.yaml", "config", "--lock-image-digests")).FailedWith(1);
        Assert.StartsWith($"cannot pin {registry.Host}/busybox:gone to a digest: {registry.Host} has no image", refused.Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Without_a_registry_up_says_so_at_once()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("name: images\nservices:\n  app:\n    image: 127.0.0.1:1/nothing:here\n");

        var up = (await sandbox.Compose("up", "-d")).FailedWith(1);

        Assert.Contains("refuses connections", up.Error);
        Assert.Contains("image load", up.Error);
        Assert.True(up.Took < TimeSpan.FromSeconds(10), up.ToString());
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_real_debian_redis_and_nginx_are_pulled_and_run()
    {
        var archive = DebianArchive.Path;
        await using var sandbox = await Sandbox.Create();
        using var registry = await LocalRegistry.Start(sandbox);
        foreach (var image in (string[])["debian:test", "redis:test", "nginx:test"])
        {
            await registry.Push(archive, image);
        }

        sandbox.Write($"""
            name: real
            services:
              debian: {"{"}image: '{registry.Host}/debian:test', stop_grace_period: 0s{"}"}
              redis: {"{"}image: '{registry.Host}/redis:test'{"}"}
              nginx: {"{"}image: '{registry.Host}/nginx:test'{"}"}
            """);

        (await sandbox.Compose("up", "-d")).Succeeded();

        using var logs = sandbox.Start("logs", "-f", "debian", "redis");
        await logs.Line("Ready to accept connections");
        await logs.Line(line => line.StartsWith("debian-1", StringComparison.Ordinal) && line.Any(char.IsAsciiDigit), "Debian's version");
        Assert.Equal("OK\n", (await sandbox.Compose("exec", "-T", "redis", "redis-cli", "set", "key", "value")).Succeeded().Out);
        Assert.Equal("value\n", (await sandbox.Compose("exec", "-T", "redis", "redis-cli", "get", "key")).Succeeded().Out);

        // By name from the image's own passwd, and the volume belongs to it as the image's directory does.
        Assert.Equal("redis\n", (await sandbox.Compose("exec", "-T", "redis", "id", "-un")).Succeeded().Out);
        Assert.Equal("redis redis\n", (await sandbox.Compose("exec", "-T", "redis", "stat", "-c", "%U %G", "/var/lib/redis")).Succeeded().Out);

        const string fetch = "for i in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/80) 2>/dev/null && break; sleep 0.1; done; exec 3<>/dev/tcp/127.0.0.1/80; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3";
        Assert.Contains("Welcome to nginx", (await sandbox.Compose("exec", "-T", "nginx", "bash", "-c", fetch)).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }
}
