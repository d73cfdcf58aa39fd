using Devoxx.Native.Mounts;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/volumes.</summary>
public sealed class VolumesScenario
{
    private static readonly string Stack = Executables.Example("volumes");

    [Fact]
    public async Task Keeps_what_containers_wrote_over_down_and_up_and_removes_it_with_down_v()
    {
        await using var sandbox = await Sandbox.Create();
        var data = sandbox.Root + "/volumes/volumes_data/_data";

        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();
        await LogLine(sandbox, "writer", "written");
        Assert.Equal(File.ReadAllText(Path.GetDirectoryName(Stack) + "/site/index.html"), File.ReadAllText(data + "/index.html"));
        Assert.Single(File.ReadAllLines(data + "/starts"));

        (await sandbox.Compose("-f", Stack, "down", "-t", "2")).Succeeded();
        Assert.Single(File.ReadAllLines(data + "/starts"));
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role is "container" or "monitor");

        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();
        await LogLine(sandbox, "writer", "written");
        Assert.Equal(2, File.ReadAllLines(data + "/starts").Length);

        // `down` keeps volumes without a name too; nobody uses the first writer's any more.
        foreach (var volume in (await sandbox.Compose("volume", "ls", "--format", "json")).Succeeded().Json)
        {
            var name = volume.GetProperty("Name").GetString()!;
            if (name != "volumes_data" && !MountTable.Read($"/proc/{sandbox.ProcessesOf(await sandbox.Id("writer", "-f", Stack)).First()}/mountinfo").Any(mount => mount.Root.Contains(name)))
            {
                (await sandbox.Compose("volume", "rm", name)).Succeeded();
            }
        }

        await sandbox.AssertNothingLeft(Stack);
        Assert.False(Directory.Exists(sandbox.Root + "/volumes/volumes_data"));
    }

    /// <summary>What <c>external</c> means is made by hand, outlives the stack, and goes by hand.</summary>
    [Fact]
    public async Task An_external_volume_and_network_are_made_and_removed_by_hand()
    {
        await using var sandbox = await Sandbox.Create();
        var stack = sandbox.Write("""
            services:
              web:
                image: busybox:1.36
                command: sh -c 'echo kept > /data/file; ip -4 addr show eth0; exec sleep 1000'
                volumes: ["data:/data"]
                networks: [edge]
            volumes: {data: {name: shared, external: true}}
            networks: {edge: {external: true}}
            """);
        Assert.Contains("`devoxx-compose volume create shared` makes it", (await sandbox.Compose("-f", stack, "up", "-d")).FailedWith(1).Error);
        Assert.Equal("shared\n", (await sandbox.Compose("volume", "create", "shared", "--label", "tier=data")).Succeeded().Out);
        Assert.Contains("`devoxx-compose network create edge`", (await sandbox.Compose("-f", stack, "up", "-d")).FailedWith(1).Error);
        Assert.Matches("^[0-9a-f]{64}\n$", (await sandbox.Compose("network", "create", "--subnet", "10.213.7.0/24", "edge")).Succeeded().Out);
        Assert.Equal("network edge exists already\n", (await sandbox.Compose("network", "create", "edge")).FailedWith(1).Error);
        Assert.Contains("begins with a letter or a digit", (await sandbox.Compose("volume", "create", "../x")).FailedWith(1).Error);

        (await sandbox.Compose("-f", stack, "up", "-d")).Succeeded();
        await LogLine(sandbox, "web", "inet 10.213.7.", "-f", stack);
        Assert.Contains("in use by", (await sandbox.Compose("network", "rm", "edge")).FailedWith(1).Error);
        (await sandbox.Compose("volume", "prune", "-a", "-f")).Succeeded();
        Assert.Equal("kept\n", File.ReadAllText(sandbox.Root + "/volumes/shared/_data/file"));
        (await sandbox.Compose("-f", stack, "down", "-v", "-t", "0")).Succeeded();
        Assert.Equal("kept\n", File.ReadAllText(sandbox.Root + "/volumes/shared/_data/file"));

        using (var asked = sandbox.Start("volume", "prune", "-a"))
        {
            asked.Input.Close();
            Assert.Contains("nobody has said yes", (await asked.Ended()).FailedWith(1).Error);
        }

        (await sandbox.Compose("volume", "prune", "-f")).Succeeded();
        Assert.True(Directory.Exists(sandbox.Root + "/volumes/shared"), "it has a name");
        (await sandbox.Compose("volume", "prune", "-a", "-f")).Succeeded();
        (await sandbox.Compose("network", "rm", "edge")).Succeeded();
        Assert.False(Directory.Exists(sandbox.Root + "/volumes/shared"));
        await sandbox.AssertNothingLeft(stack);
    }

    [Fact]
    public async Task Mounts_each_kind_as_asked_inside_the_container_only()
    {
        await using var sandbox = await Sandbox.Create();
        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();
        await LogLine(sandbox, "writer", "written");
        await LogLine(sandbox, "reader", "read: started");

        var writer = Mounts(sandbox, await sandbox.Id("writer", "-f", Stack));
        Assert.True(writer["/"].IsReadOnly, "read_only: true");
        Assert.Equal("overlay", writer["/"].FsType);
        Assert.False(writer["/data"].IsReadOnly);
        Assert.True(writer["/site"].IsReadOnly, "./site:/site:ro");
        Assert.False(writer["/scratch"].IsReadOnly);
        Assert.Equal("tmpfs", writer["/cache"].FsType);
        Assert.Contains("size=1024k", writer["/cache"].SuperOptions);
        Assert.Equal("tmpfs", writer["/run"].FsType);
        Assert.Contains("size=64k", writer["/run"].SuperOptions);
        Assert.All(writer.Values, mount => Assert.False(mount.IsShared, mount.ToString()));

        var reader = Mounts(sandbox, await sandbox.Id("reader", "-f", Stack));
        Assert.True(reader["/data"].IsReadOnly, "read_only: true of the volume");
        Assert.DoesNotContain("wrote to a read-only volume", (await sandbox.Compose("-f", Stack, "logs", "reader")).Succeeded().Out);

        // None of it is in the host's own mount namespace.
        Assert.DoesNotContain(MountTable.Read(), mount => mount.FsType == "overlay" && sandbox.Owns(mount.SuperOptions));
        Assert.DoesNotContain(MountTable.Read(), mount => sandbox.Owns(mount.MountPoint));
        await sandbox.AssertNothingLeft(Stack);
    }

    [Fact]
    public async Task Fills_a_new_named_volume_with_what_the_image_has_there_unless_nocopy()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              copied:
                image: busybox:1.36
                volumes: [copied:/etc]
                command: cat /etc/passwd
              empty:
                image: busybox:1.36
                volumes:
                  - {type: volume, source: empty, target: /var, volume: {nocopy: true}}
                command: sh -c 'ls -A /var | wc -l'
            volumes:
              copied: {name: by-name}
              empty: {}
            """);

        var up = (await sandbox.Compose("-p", "copy", "up")).Succeeded();

        Assert.Contains("root:x:0:0", up.Out);
        Assert.Matches(@"empty-1 +\| 0", up.Out);
        Assert.Contains("root:x:0:0", File.ReadAllText(sandbox.Root + "/volumes/by-name/_data/passwd"));
        Assert.Empty(Directory.GetFileSystemEntries(sandbox.Root + "/volumes/copy_empty/_data"));
        (await sandbox.Compose("-p", "copy", "down", "-v")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Mounts_and_unmounts_a_volume_with_driver_options()
    {
        await using var sandbox = await Sandbox.Create();
        var outside = Directory.CreateDirectory(sandbox.Directory + "/outside").FullName;
        sandbox.Write($$"""
            services:
              one:
                image: busybox:1.36
                volumes: ["bound:/bound", "memory:/memory"]
                command: sh -c 'echo data > /bound/file; df -k /memory | tail -n 1; exec sleep 1000000'
            volumes:
              bound:
                driver_opts: {type: none, o: bind, device: "{{outside}}"}
              memory:
                driver_opts: {type: tmpfs, device: tmpfs, o: "size=2m"}
            """);

        (await sandbox.Compose("-p", "opts", "up", "-d")).Succeeded();
        Assert.Contains("2048", await LogLine(sandbox, "one", "/memory", "-p", "opts"));
        Assert.Equal("data\n", File.ReadAllText(outside + "/file"));

        (await sandbox.Compose("-p", "opts", "down", "-v", "-t", "1")).Succeeded();
        Assert.Equal("data\n", File.ReadAllText(outside + "/file"));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Refuses_an_external_volume_that_is_not_there()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, volumes: ["missing:/data"]}
            volumes:
              missing: {external: true}
            """);

        var up = await sandbox.Compose("up", "-d");

        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("missing", up.Error);
        await sandbox.AssertNothingLeft();
    }

    private static async Task<string> LogLine(Sandbox sandbox, string service, string containing, params string[] global)
    {
        using var logs = sandbox.Start([.. global.DefaultIfEmpty("-f").Append(global.Length == 0 ? Stack : "").Where(word => word.Length > 0), "logs", "-f", service]);
        return await logs.Line(containing);
    }

    private static Dictionary<string, MountEntry> Mounts(Sandbox sandbox, string id)
    {
        var table = MountTable.Read($"/proc/{sandbox.ProcessesOf(id).First()}/mountinfo");
        return table.GroupBy(mount => mount.MountPoint).ToDictionary(group => group.Key, group => group.Last());
    }
}
