using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Images that are built: by Debian's buildah, from an image of the store, without any network.</summary>
public sealed class BuildScenario
{
    private const string Stack = """
        name: built
        services:
          app:
            build: { context: ./app, args: { WHO: you }, secrets: [token], tags: ["also:2"] }
            stop_grace_period: 0s
          user: { image: built-app, command: sleep infinity, stop_grace_period: 0s }
          child:
            build: { context: ., dockerfile_inline: "FROM base\nCMD [\"sleep\", \"infinity\"]\n", additional_contexts: { base: "service:app" } }
            stop_grace_period: 0s
        secrets: { token: { file: ./token } }
        """;

    private const string Dockerfile = """
        ARG TAG=1.36
        FROM busybox:${TAG}
        ARG WHO
        RUN --mount=type=secret,id=token echo "hello $WHO, price \$5, secret $(cat /run/secrets/token)" > /said
        CMD ["sh", "-c", "cat /said; exec sleep infinity"]
        """;

    [Fact]
    public async Task Up_builds_what_is_missing_and_build_builds_again()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        sandbox.Write(Dockerfile, "app/Dockerfile");
        sandbox.Write("s3cret", "token");

        var refused = (await sandbox.Compose("up", "-d", "--no-build")).FailedWith(1);
        Assert.Contains("built-app is not in the store", refused.Error);

        var up = (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Contains("Image built-app  Building STEP", up.Error);
        Assert.Contains("Image built-child  Built", up.Error);
        using (var logs = sandbox.Start("logs", "-f", "app"))
        {
            await logs.Line("hello you, price $5, secret s3cret");
        }

        // The build of another service, and its file with it.
        Assert.Contains("hello you", (await sandbox.Compose("exec", "-T", "child", "cat", "/said")).Succeeded().Out);
        var images = (await sandbox.Compose("images")).Succeeded();
        Assert.Matches("(?m)^built-user-1 +built-app +latest +linux/", images.Out);
        Assert.Contains("also", (await sandbox.Compose("image", "ls")).Succeeded().Out);

        // There now: nothing is built, nothing made anew.
        var again = (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.DoesNotContain("Building", again.Error);
        Assert.DoesNotContain("Recreat", again.Error);

        var quiet = (await sandbox.Compose("build", "--build-arg", "WHO=they", "-q", "app")).Succeeded();
        Assert.DoesNotContain("STEP", quiet.Error);
        (await sandbox.Compose("up", "-d", "--force-recreate", "app")).Succeeded();
        Assert.Contains("hello they", (await sandbox.Compose("exec", "-T", "app", "cat", "/said")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Ctrl_C_ends_the_builder_and_a_failed_build_says_why()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services:\n  app: { build: { context: ., dockerfile_inline: \"FROM busybox:1.36\\nRUN echo begun && sleep 4711\\n\" } }\n");
        using (var build = sandbox.Start("build"))
        {
            await build.Line("begun");
            build.Signal("SIGINT");
            (await build.Ended()).FailedWith(130);
        }

        await Until(() => !Directory.EnumerateDirectories("/proc").Any(process => Sleeps(process)), "the build's own process to end");

        sandbox.Write("services:\n  app: { build: { context: ., dockerfile_inline: \"FROM busybox:1.36\\nRUN echo it is broken; exit 3\\n\" } }\n");
        var failed = (await sandbox.Compose("up", "-d")).FailedWith(1);
        Assert.Contains("it is broken", failed.Error);
        Assert.Contains("service app: buildah build failed", failed.Error);
        await sandbox.AssertNothingLeft();

        static bool Sleeps(string process)
        {
            try
            {
                return File.ReadAllText(process + "/cmdline").Replace('\0', ' ').Contains("sleep 4711", StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private static async Task Until(Func<bool> condition, string what)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(15); !condition(); await Task.Delay(50))
        {
            Assert.True(DateTime.UtcNow < deadline, "waited in vain for " + what);
        }
    }
}
