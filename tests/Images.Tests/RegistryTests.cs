using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>Pulling from Debian's docker-registry what skopeo, umoci and buildah have made.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private static readonly byte[] Base = new TarBuilder().Directory("etc").File("etc/gone", "x").Directory("opaque").File("opaque/old", "x").File("big", new string('b', 500_000)).Bytes();
    private static readonly byte[] Top = new TarBuilder().File("etc/.wh.gone").Directory("opaque").File("opaque/.wh..wh..opq").File("opaque/new", "y").Bytes();

    private readonly TemporaryDirectory _temporary = new();
    private RegistryProcess _registry = null!;
    private ImageStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = ImageStore.Open(_temporary["images"]);
        _registry = await RegistryProcess.StartAsync(_temporary);
    }

    public ValueTask DisposeAsync()
    {
        _registry.Dispose();
        _temporary.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("v2s2", "gzip")]
    [InlineData("oci", "gzip")]
    [InlineData("oci", "zstd")]
    [InlineData("oci", "zstd:chunked")]
    public async Task Pulls_what_skopeo_pushed(string format, string compression)
    {
        Push(new TestImage(Base, Top), "app:1", "--format", format, "--dest-compress-format", compression);

        var image = await Pull("app:1");

        Assert.False(File.Exists(image.LayerDirectories[1] + "/opaque/old"));
        Assert.Equal("y", File.ReadAllText(image.LayerDirectories[1] + "/opaque/new"));
        Assert.Equal("character special file", _temporary.Run("stat", "-c", "%F", image.LayerDirectories[1] + "/etc/gone").Trim());
        Assert.Equal(["/bin/sh"], image.Config.Config!.Cmd!);
    }

    [Fact]
    public async Task Overlayfs_shows_of_our_layers_what_umoci_unpacks_of_them()
    {
        // A real root filesystem, changed twice by umoci with all kinds of things that layers can do.
        _temporary.Run("umoci", "init", "--layout", "oci");
        _temporary.Run("umoci", "new", "--image", "oci:app");
        _temporary.Run("umoci", "unpack", "--image", "oci:app", "bundle");
        _temporary.Run("sh", "-c", """
            set -e; cd bundle/rootfs
            mkdir -p usr/bin var/lib/x etc dir/sub deep/er; cp /bin/busybox usr/bin/; ln -s usr/bin bin; ln usr/bin/busybox usr/bin/sh; mknod var/null c 1 3; mkfifo var/fifo
            echo a >etc/a; echo b >etc/b; chown 12:34 etc/a; chmod 6755 usr/bin/busybox; setcap cap_net_raw+ep usr/bin/sh; setfattr -n user.x -v y etc/b; touch -d '2001-02-03 04:05:06.789' etc/a
            echo 1 >dir/1; echo 2 >dir/sub/2; ln -s ../../../../etc/shadow deep/er/link; chmod 1777 deep; echo ü >"deep/ü ñ"; truncate -s 5M var/sparse; printf x | dd of=var/sparse bs=1 seek=3000000 conv=notrunc 2>/dev/null
            """);
        _temporary.Run("umoci", "repack", "--image", "oci:app", "bundle");
        _temporary.Run("rm", "-rf", "bundle");
        _temporary.Run("umoci", "unpack", "--image", "oci:app", "bundle");
        _temporary.Run("sh", "-c", "set -e; cd bundle/rootfs; rm etc/b; rm -r dir; mkdir dir; echo 3 >dir/3; rm deep/er/link; mkdir deep/er/link; rm -r var/fifo; echo fifo >var/fifo; echo more >>etc/a; rmdir var/lib/x");
        _temporary.Run("umoci", "repack", "--image", "oci:app", "bundle");
        _temporary.Run("rm", "-rf", "bundle");
        _temporary.Run("skopeo", "copy", "-q", "--dest-tls-verify=false", "oci:oci:app", $"docker://{_registry.Host}/app:1");

        var image = await Pull("app:1");

        _temporary.Run("umoci", "unpack", "--image", "oci:app", "bundle");
        Assert.Equal(Listing(_temporary["bundle/rootfs"]), Merged(image));
    }

    [Fact]
    public async Task Pulls_what_buildah_built()
    {
        _temporary.Run("sh", "-c", "mkdir context && cp /bin/busybox context/");
        File.WriteAllText(_temporary["context/Dockerfile"], "FROM scratch\nCOPY busybox /bin/busybox\nUSER 5:6\nWORKDIR /work\nENV A=b\nVOLUME /data\nEXPOSE 80/tcp\nSTOPSIGNAL SIGUSR1\nHEALTHCHECK --interval=5s CMD true\nENTRYPOINT [\"/bin/busybox\"]\nCMD [\"sh\"]\n");
        var storage = $"--root={_temporary["storage"]}";
        _temporary.Run("buildah", storage, $"--runroot={_temporary["run"]}", "--storage-driver=vfs", "build", "-q", "--format=docker", "-t", "app", "context");
        _temporary.Run("buildah", storage, $"--runroot={_temporary["run"]}", "--storage-driver=vfs", "push", "-q", "--tls-verify=false", "app", $"docker://{_registry.Host}/app:1");

        var config = (await Pull("app:1")).Config.Config!;

        Assert.Equal(("5:6", "/work", "SIGUSR1"), (config.User, config.WorkingDir, config.StopSignal));
        Assert.Equal(["/bin/busybox"], config.Entrypoint!);
        Assert.Equal(["sh"], config.Cmd!);
        Assert.Equal(["/data"], config.Volumes!.Keys);
        Assert.Equal(["80/tcp"], config.ExposedPorts!.Keys);
        Assert.Contains("A=b", config.Env!);
        Assert.Equal(5_000_000_000, config.Healthcheck!.Interval);
    }

    [Fact]
    public async Task Pulls_this_machines_part_of_a_multi_platform_image()
    {
        using var client = new HttpClient();
        Push(new TestImage(Base), "app:mine", "--format", "oci");
        Push(new TestImage(Top), "app:theirs", "--format", "oci");
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifests.OciIndex,
            ["manifests"] = new JsonArray(await Entry("app:theirs", "riscv64"), await Entry("app:mine", ImagePlatform.Host.Architecture)),
        };
        var content = new StringContent(index.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue(Manifests.OciIndex);
        (await client.PutAsync($"http://{_registry.Host}/v2/app/manifests/all", content, Cancellation)).EnsureSuccessStatusCode();

        Assert.True(File.Exists((await Pull("app:all")).LayerDirectories.Single() + "/big"));

        async Task<JsonNode> Entry(string name, string architecture)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_registry.Host}/v2/{name.Replace(":", "/manifests/")}") { Headers = { { "Accept", Manifests.OciManifest } } };
            var bytes = await (await client.SendAsync(request, Cancellation)).Content.ReadAsByteArrayAsync(Cancellation);
            var descriptor = TestImage.Descriptor(Manifests.OciManifest, bytes);
            descriptor["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = architecture };
            return descriptor;
        }
    }

    [Fact]
    public async Task What_is_pushed_pulls_as_the_same_image_also_by_skopeo()
    {
        var image = new TestImage(Base, Top);
        await _store.LoadAsync(new MemoryStream(image.DockerArchive($"{_registry.Host}/pushed:1")), cancellation: Cancellation);

        var digest = await _store.PushAsync(ImageReference.Parse($"{_registry.Host}/pushed:1"), Options(), cancellation: Cancellation);

        Assert.Equal(digest.ToString(), System.Text.Json.JsonDocument.Parse(_temporary.Run("skopeo", "inspect", "--tls-verify=false", $"docker://{_registry.Host}/pushed:1")).RootElement.GetProperty("Digest").GetString());
        using var other = ImageStore.Open(_temporary["other"]);
        Assert.Equal(image.Id, (await other.PullAsync(ImageReference.Parse($"{_registry.Host}/pushed@{digest}"), Options(), cancellation: Cancellation)).Id);
        Assert.Equal(2, Directory.GetFiles(_temporary["images/blobs/sha256"]).Length);
    }

    [Fact]
    public async Task An_image_pushed_to_another_repository_of_its_registry_keeps_its_digest_and_is_not_sent_again()
    {
        Push(new TestImage(Base, Top), "first:1", "--format", "v2s2");
        var pulled = await Pull("first:1");
        _store.Tag(pulled.Id, ImageReference.Parse($"{_registry.Host}/second/app:1"));
        var progress = new Collector();

        await _store.PushAsync(ImageReference.Parse($"{_registry.Host}/second/app:1"), Options(), progress, Cancellation);

        Assert.DoesNotContain(progress.Reports, report => report.Phase == PullPhase.Uploading);
        Assert.Equal(Digest("first"), Digest("second/app"));

        string Digest(string name) => System.Text.Json.JsonDocument.Parse(_temporary.Run("skopeo", "inspect", "--tls-verify=false", $"docker://{_registry.Host}/{name}:1")).RootElement.GetProperty("Digest").GetString()!;
    }

    [Fact]
    public async Task Speaks_tls_and_believes_only_certificates_it_knows_unless_told_otherwise()
    {
        Push(new TestImage(Base), "app:1");
        _registry.Dispose();
        _registry = await RegistryProcess.StartAsync(_temporary, tls: true);

        // From this machine itself a certificate of one's own is accepted, as plain HTTP is.
        Assert.NotNull(await Pull("app:1"));
        _store.Prune(_ => null, all: true);
        var strict = Options() with { Registries = RegistriesFile.Parse($"[[registry]]\nlocation = \"{_registry.Host}\"\ninsecure = false", "registries.conf") };
        var reference = ImageReference.Parse($"{_registry.Host}/app:1");
        Assert.Contains("certificate", (await Assert.ThrowsAsync<RegistryUnreachableException>(() => _store.PullAsync(reference, strict, cancellation: Cancellation))).Message);
    }

    [Fact]
    public async Task Shows_passwords_to_registries_that_ask()
    {
        _registry.Dispose();
        File.WriteAllText(_temporary["htpasswd"], _temporary.Run("htpasswd", "-nbB", "me", "s3cret"));
        _registry = await RegistryProcess.StartAsync(_temporary, $"  htpasswd: {{realm: test, path: {_temporary["htpasswd"]}}}");
        Push(new TestImage(Base), "app:1", "--dest-creds", "me:s3cret");

        Assert.Contains("need a login", (await Assert.ThrowsAsync<RegistryRefusedException>(() => Pull("app:1"))).Message);
        Assert.Contains("log in again", (await Assert.ThrowsAsync<RegistryRefusedException>(() => Pull("app:1", Login("me", "wrong")))).Message);
        Assert.NotNull(await Pull("app:1", Login("me", "s3cret")));
    }

    [Fact]
    public async Task Credential_helpers_are_asked()
    {
        _registry.Dispose();
        File.WriteAllText(_temporary["htpasswd"], _temporary.Run("htpasswd", "-nbB", "me", "s3cret"));
        _registry = await RegistryProcess.StartAsync(_temporary, $"  htpasswd: {{realm: test, path: {_temporary["htpasswd"]}}}");
        Push(new TestImage(Base), "app:1", "--dest-creds", "me:s3cret");
        File.WriteAllText(_temporary["docker-credential-test"], "#!/bin/sh\nread host\necho \"{\\\"ServerURL\\\":\\\"$host\\\",\\\"Username\\\":\\\"me\\\",\\\"Secret\\\":\\\"s3cret\\\"}\"\n");
        File.SetUnixFileMode(_temporary["docker-credential-test"], (UnixFileMode)0b111_101_101);
        File.WriteAllText(_temporary["auth.json"], $$"""{"credHelpers":{"{{_registry.Host}}":"test"} }""");
        var path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", $"{_temporary.Path}:{path}");
            Assert.NotNull(await Pull("app:1", ImmutableDictionary<string, string>.Empty.Add("REGISTRY_AUTH_FILE", _temporary["auth.json"])));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    private ImmutableDictionary<string, string> Login(string user, string password)
    {
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        Directory.CreateDirectory(_temporary[".docker"]);
        File.WriteAllText(_temporary[".docker/config.json"], $$"""{"auths":{"{{_registry.Host}}":{"auth":"{{auth}}"} } }""");
        return ImmutableDictionary<string, string>.Empty.Add("HOME", _temporary.Path);
    }

    private void Push(TestImage image, string name, params string[] options)
    {
        File.WriteAllBytes(_temporary["archive.tar"], image.DockerArchive("pushed:1"));
        _temporary.Run("skopeo", ["copy", "-q", "--dest-tls-verify=false", .. options, "docker-archive:archive.tar", $"docker://{_registry.Host}/{name}"]);
    }

    private Task<StoredImage> Pull(string name, ImmutableDictionary<string, string>? environment = null) => _store.PullAsync(
        ImageReference.Parse($"{_registry.Host}/{name}"), Options(environment), cancellation: Cancellation);

    private static PullOptions Options(ImmutableDictionary<string, string>? environment = null) =>
        new() { Registries = RegistriesConfiguration.Empty, Environment = environment ?? ImmutableDictionary<string, string>.Empty };

    /// <summary>What a container would see, by the kernel's own overlayfs, in a mount namespace of its own.</summary>
    private string Merged(StoredImage image)
    {
        Directory.CreateDirectory(_temporary["merged"]);
        var lower = string.Join(':', image.LayerDirectories.Reverse());
        return _temporary.Run("unshare", "-m", "sh", "-c", $"mount -t overlay overlay -o ro,lowerdir={lower} merged && cd merged && {ListCommand}");
    }

    private string Listing(string directory) => _temporary.Run("sh", "-c", $"cd {directory} && {ListCommand}");

    /// <summary>Names, types, owners, modes, times, sizes, link counts and targets; contents; attributes.</summary>
    private const string ListCommand = """
        find . -mindepth 1 ! -type d -printf '%p %y %U:%G %m %T@ %s %n %l\n' -o -mindepth 1 -type d -printf '%p %y %U:%G %m %T@\n' | sort;
        find . -type f -exec sha256sum {} + | sort -k2; find . -type f -exec getcap {} + | sort; find . -type f | sort | xargs -d '\n' getfattr -d -m user
        """;
}
