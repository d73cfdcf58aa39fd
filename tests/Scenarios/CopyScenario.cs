using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary><c>cp</c> and <c>export</c>, of containers that run and that do not; links of the container lead nowhere but into it.</summary>
public sealed class CopyScenario
{
    private const string Stack = """
        name: copied
        services:
          app: { image: "busybox:1.36", command: sleep infinity, scale: 2, volumes: ["data:/data"], stop_grace_period: 0s }
        volumes: { data: {} }
        """;

    [Fact]
    public async Task Files_and_folders_go_both_ways_whether_it_runs_or_not()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        sandbox.Write("one", "tree/one");
        sandbox.Write("two", "tree/sub/two");
        (await sandbox.Compose("up", "-d")).Succeeded();

        // Into all replicas, or the one of the index.
        (await sandbox.Compose("cp", "tree", "app:/tmp/")).Succeeded();
        (await sandbox.Compose("cp", "--index", "1", "tree/.", "app:/srv")).Succeeded();
        Assert.Equal("two", (await sandbox.Compose("exec", "-T", "--index", "2", "app", "cat", "/tmp/tree/sub/two")).Succeeded().Out.TrimEnd());
        Assert.Equal("one", (await sandbox.Compose("exec", "-T", "--index", "1", "app", "cat", "/srv/one")).Succeeded().Out.TrimEnd());
        (await sandbox.Compose("exec", "-T", "--index", "2", "app", "test", "-e", "/srv/one")).FailedWith(1);

        // A link is one of the container's, going in and coming out.
        (await sandbox.Compose("exec", "-T", "app", "sh", "-c", $"ln -s {sandbox.Directory} /data/away; mkdir -p {sandbox.Directory}; ln -s ../../../../etc/hostname /tmp/up")).Succeeded();
        (await sandbox.Compose("cp", "--index", "1", "tree/one", "app:/data/away/escaped")).Succeeded();
        Assert.False(File.Exists(sandbox.Directory + "/escaped"));
        Assert.Equal("one", (await sandbox.Compose("exec", "-T", "app", "cat", "/data/away/escaped")).Succeeded().Out.TrimEnd());
        (await sandbox.Compose("cp", "-L", "app:/tmp/up", "hostname")).Succeeded();
        Assert.StartsWith((await sandbox.Compose("exec", "-T", "app", "hostname")).Succeeded().Out.Trim(), File.ReadAllText(sandbox.Directory + "/hostname"));

        // What the container makes root's outside has no power there.
        (await sandbox.Compose("exec", "-T", "app", "sh", "-c", "echo x > /tmp/setuid; chown 1000 /tmp/setuid; chmod 4755 /tmp/setuid")).Succeeded();
        (await sandbox.Compose("cp", "app:/tmp/setuid", ".")).Succeeded();
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(sandbox.Directory + "/setuid"));

        (await sandbox.Compose("stop")).Succeeded();
        (await sandbox.Compose("cp", "tree/sub/two", "app:/data/later")).Succeeded();
        (await sandbox.Compose("cp", "app:/tmp/tree", "back")).Succeeded();
        Assert.Equal("two", File.ReadAllText(sandbox.Directory + "/back/sub/two"));
        (await sandbox.Compose("export", "-o", "root.tar", "app")).Succeeded();
        (await sandbox.Compose("image", "import", "root.tar", "exported:1")).Succeeded();
        (await sandbox.Compose("start")).Succeeded();
        Assert.Equal("two", (await sandbox.Compose("exec", "-T", "--index", "2", "app", "cat", "/data/later")).Succeeded().Out.TrimEnd());

        var missing = (await sandbox.Compose("cp", "app:/not/there", ".")).FailedWith(1);
        Assert.Contains("copied-app-1:/not/there: no such file or directory", missing.Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_container_that_swaps_directories_for_links_all_the_time_gets_nothing_in_or_out()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("planted", "tree/planted");
        sandbox.Write("of the host", "outside/secret");
        Directory.CreateDirectory(sandbox.Directory + "/out");
        var outside = sandbox.Directory + "/outside";

        // The same path is by turns a directory, and a link to the host's directory of that name; and the last component likewise.
        sandbox.Write($$"""
            name: racing
            services:
              app:
                image: "busybox:1.36"
                stop_grace_period: 0s
                command: ["sh", "-c", "mkdir /a /b; echo inside > /a/secret; ln -s {{outside}} /b/d; ln -s {{outside}}/secret /b/f; echo inside > /a/f; mkdir /a/d; echo inside > /a/d/secret; mkdir /x; while :; do mv /a/d /x/d; mv /a/f /x/f; mv /x/d /a/d; mv /x/f /a/f; mv /b/d /x/d; mv /b/f /x/f; mv /x/d /b/d; mv /x/f /b/f; done"]
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        for (var i = 0; i < 25; i++)
        {
            await Task.WhenAll(sandbox.Compose("cp", "tree/planted", "app:/x/d/planted"), sandbox.Compose("cp", "-L", "app:/x/f", $"out/f{i}"), sandbox.Compose("cp", "-L", "app:/x/d", $"out/d{i}"));
        }

        Assert.Equal([outside + "/secret"], Directory.GetFileSystemEntries(outside, "*", SearchOption.AllDirectories));

        // A link that lay in a directory comes out as a link, and is not followed here either.
        var files = Directory.GetFiles(sandbox.Directory + "/out", "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });
        Assert.DoesNotContain(files, file => File.ReadAllText(file).Contains("of the host", StringComparison.Ordinal));
        await sandbox.AssertNothingLeft();
    }
}
