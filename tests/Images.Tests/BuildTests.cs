using System.Collections.Concurrent;
using System.Collections.Immutable;
using Devoxx.Images.Build;
using Devoxx.Native.Mounts;

namespace Devoxx.Images.Tests;

public sealed class BuildTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly BuildStorage _storage;

    public BuildTests() => _storage = new BuildStorage(_temporary["storage"], _temporary["run"]);

    public void Dispose()
    {
        _storage.Dispose();
        _temporary.Dispose();
    }

    private BuildRequest Request => new()
    {
        Context = Directory.CreateDirectory(_temporary["context"]).FullName, Tags = [ImageReference.Parse("built:1"), ImageReference.Parse("built:2")],
    };

    private BuildahBuilder Buildah() => new("buildah", _storage);

    [Fact]
    public async Task Buildah_builds_what_compose_asks_for()
    {
        var request = Request with
        {
            DockerfileInline = "FROM scratch AS one\nARG WHAT\nCOPY a /\nLABEL what=$WHAT\nHEALTHCHECK CMD true\nFROM one AS two\nCOPY b /\n",
            Args = ImmutableSortedDictionary<string, string?>.Empty.Add("WHAT", "x y"),
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("extra", "1"),
            Target = "one",
            NoCache = true,
        };
        File.WriteAllText(_temporary["context/a"], "a");
        File.WriteAllText(_temporary["context/b"], "b");
        var lines = new ConcurrentQueue<string>();
        using var store = ImageStore.Open(_temporary["images"]);

        var image = await Buildah().BuildAsync(request, store, new Lines(lines), TestContext.Current.CancellationToken);

        Assert.Equal(["built:1", "built:2"], image.References.Select(name => name.Familiar));
        Assert.Equal(("x y", "1"), (image.Config.Config!.Labels!["what"], image.Config.Config.Labels["extra"]));
        Assert.NotNull(image.Config.Config.Healthcheck);
        Assert.True(File.Exists(image.LayerDirectories[^1] + "/a"));
        Assert.False(File.Exists(image.LayerDirectories[^1] + "/b"));
        Assert.Contains(lines, line => line.Contains("COPY a"));
    }

    [Fact]
    public async Task A_build_that_fails_ends_with_the_builders_last_words()
    {
        using var store = ImageStore.Open(_temporary["images"]);
        var request = Request with { DockerfileInline = "FROM scratch\nCOPY missing /\n" };
        Assert.Contains("missing", (await Assert.ThrowsAsync<ImageException>(() => Buildah().BuildAsync(request, store, null, TestContext.Current.CancellationToken))).Message);
        Assert.Empty(store.List());
    }

    /// <summary>As on machines with cgroup v2 only: a step is a container that an OCI runtime has made, and no child of the builder's.</summary>
    [Theory]
    [InlineData("oci")]
    [InlineData("chroot")]
    public async Task A_build_that_is_broken_off_leaves_no_step_and_no_mount_behind(string isolation)
    {
        File.Copy("/bin/busybox", Directory.CreateDirectory(_temporary["context"]).FullName + "/busybox");
        var seconds = isolation == "oci" ? "471101" : "471102";
        var request = Request with
        {
            DockerfileInline = $"FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo begun; /bin/busybox sleep {seconds}\"]\n",
            Environment = ImmutableDictionary<string, string>.Empty.Add("PATH", Environment.GetEnvironmentVariable("PATH")!).Add("BUILDAH_ISOLATION", isolation).Add("BUILDAH_RUNTIME", "runc"),
        };
        using var store = ImageStore.Open(_temporary["images"]);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var begun = new TaskCompletionSource();

        var building = Buildah().BuildAsync(request, store, new Begun(begun), broken.Token);
        await Task.WhenAny(building, begun.Task);
        Assert.True(begun.Task.IsCompleted, building.Exception?.ToString());
        await broken.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => building);

        Assert.DoesNotContain(Directory.GetDirectories("/proc"), process => CommandLine(process).Contains(seconds, StringComparison.Ordinal));
        Assert.DoesNotContain(MountTable.Read(), mount => mount.MountPoint.StartsWith(_temporary.Path, StringComparison.Ordinal));
        Assert.Equal("[]", File.ReadAllText(_temporary["storage/overlay-containers/containers.json"]).Trim());

        static string CommandLine(string process)
        {
            try
            {
                return File.ReadAllText(process + "/cmdline");
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    private sealed class Begun(TaskCompletionSource begun) : IProgress<string>
    {
        public void Report(string value)
        {
            if (value == "begun")
            {
                begun.TrySetResult();
            }
        }
    }

    [Fact]
    public void Without_a_builder_says_what_to_install()
    {
        Assert.Contains("apt-get install buildah", Assert.Throws<ImageException>(() => ImageBuilders.Find(name => name == "PATH" ? _temporary.Path : null, _storage)).Message);
        Assert.Contains("expected buildah or buildctl", Assert.Throws<ImageException>(() => ImageBuilders.Find(name => name == "DEVOXX_BUILDER" ? "make" : null, _storage)).Message);

        File.WriteAllText(_temporary["buildah"], "");
        File.WriteAllText(_temporary["buildctl"], "");
        Assert.Equal("buildah", ImageBuilders.Find(name => name == "PATH" ? _temporary.Path : null, _storage).Name);
        Assert.Equal("buildctl", ImageBuilders.Find(name => name switch { "PATH" => _temporary.Path, "BUILDKIT_HOST" => "unix:///x", _ => null }, _storage).Name);
        Assert.Equal("buildah", ImageBuilders.Find(name => name switch { "PATH" => _temporary.Path, "BUILDKIT_HOST" => "unix:///x", "DEVOXX_BUILDER" => "buildah", _ => null }, _storage).Name);
    }

    [Fact]
    public void Every_part_of_a_request_reaches_buildkit()
    {
        var request = Request with
        {
            Dockerfile = "other/Dockerfile", Args = ImmutableSortedDictionary<string, string?>.Empty.Add("A", "b c"), Labels = ImmutableSortedDictionary<string, string>.Empty.Add("l", "m"),
            AdditionalContexts = ImmutableSortedDictionary<string, string>.Empty.Add("base", "docker-image://x").Add("src", "/src"), Target = "t", CacheFrom = ["cache:1"], CacheTo = ["type=local,dest=/c"],
            Secrets = [new("s", "/secret", null), new("e", null, "TOKEN")], Ssh = ["default"], Platform = ImagePlatform.Parse("linux/arm64"), Network = "host", ExtraHosts = ["h:1.2.3.4"], ShmSize = 1 << 20, NoCache = true, Pull = true,
        };

        Assert.Equal(
            $"""
            build --frontend=dockerfile.v0 --progress=plain --local=context={_temporary["context"]} --local=dockerfile={_temporary["context"]}/other --opt=filename=Dockerfile --opt=build-arg:A=b c --opt=label:l=m
             --opt=context:base=docker-image://x --local=context-src=/src --opt=context:src=local:context-src --opt=target=t --import-cache=type=registry,ref=cache:1 --export-cache=type=local,dest=/c
             --secret=id=s,src=/secret --secret=id=e,env=TOKEN --ssh=default --opt=platform=linux/arm64/v8 --opt=force-network-mode=host --allow=network.host --opt=add-hosts=h=1.2.3.4 --opt=shm-size=1048576
             --no-cache --opt=image-resolve-mode=pull --output=type=docker,dest=/out.tar
            """.ReplaceLineEndings(""),
            string.Join(' ', BuildctlBuilder.Arguments(request, "other/Dockerfile", "/out.tar")));
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Enqueue(value);
    }
}
