using Devoxx.Native.Cgroups;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>What containers have of each other and of the host: volumes, namespaces, a cgroup's place.</summary>
public sealed class SharingScenario
{
    private const string Donor = """
        giver:
            image: busybox:1.36
            ipc: shareable
            init: true
            environment: {VERSION: "${VERSION:-1}"}
            volumes: ["/anonymous", "named:/named"]
            command: [sh, -c, 'echo from the donor > /anonymous/file; echo shared > /dev/shm/memory; sleep 1000 & wait']
        """;

    [Fact]
    public async Task Volumes_ipc_and_pid_are_the_donors_and_follow_it_when_it_is_restarted_recreated_or_killed()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            services:
              {{Donor}}
              taker:
                image: busybox:1.36
                restart: always
                volumes_from: ["giver:ro"]
                ipc: service:giver
                pid: service:giver
                init: true
                command: [sh, -c, 'cat /anonymous/file /dev/shm/memory; touch /anonymous/no 2>/dev/null || echo read only; sleep 1001 & wait']
            volumes:
              named:
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("-p", "sharing", "up", "-d")).Succeeded();
        using var logs = sandbox.Start("-p", "sharing", "logs", "-f", "--no-log-prefix", "taker");
        await logs.Line("read only");
        Assert.Contains("from the donor", logs.LinesSoFar);
        Assert.Contains("shared", logs.LinesSoFar);

        // Seen from within the one, and by the kernel.
        Assert.Contains("sleep 1000", (await sandbox.Compose("-p", "sharing", "exec", "-T", "taker", "ps")).Succeeded().Out);
        foreach (var kind in (string[])["pid", "ipc"])
        {
            Assert.Equal(await Namespace("giver", kind), await Namespace("taker", kind));
        }

        Assert.NotEqual(await Namespace("giver", "uts"), await Namespace("taker", "uts"));
        var before = await Namespace("giver", "ipc");

        // The kernel ends all of a pid namespace with its first process; the policy brings the other back when the donor is there again.
        (await sandbox.Compose("-p", "sharing", "restart", "giver")).Succeeded();
        Assert.NotEqual(before, await Namespace("giver", "ipc"));
        Assert.Equal(await Namespace("giver", "ipc"), await Namespace("taker", "ipc"));

        // Without a supervisor both go on; the next one finds them as they are.
        await Sandbox.Kill([sandbox.Supervisor()]);
        Assert.Equal(await Namespace("giver", "ipc"), await Namespace("taker", "ipc"));
        Assert.DoesNotContain("create", (await sandbox.Compose("-p", "sharing", "plan")).Succeeded().Out);

        // A donor that is made anew takes the other with it, and its anonymous volume stays.
        sandbox.Variables["VERSION"] = "2";
        var plan = await sandbox.Compose("-p", "sharing", "plan");
        Assert.Contains("sharing-giver-1, whose namespaces it shares, is made anew", plan.Out);
        (await sandbox.Compose("-p", "sharing", "up", "-d")).Succeeded();
        Assert.Equal("from the donor\n", (await sandbox.Compose("-p", "sharing", "exec", "-T", "taker", "cat", "/anonymous/file")).Succeeded().Out);

        (await sandbox.Compose("-p", "sharing", "rm", "-sf", "giver")).Succeeded();
        var alone = await sandbox.Compose("-p", "sharing", "up", "-d", "--no-deps", "--force-recreate", "taker");
        Assert.NotEqual(0, alone.ExitCode);
        Assert.Contains("service giver has no container; leave out --no-deps", alone.Error);

        // Another project's container is a donor, too.
        sandbox.Write("services: {other: {image: busybox:1.36, volumes_from: ['container:sharing-taker-1'], command: cat /anonymous/file}}", "other.yaml");
        Assert.Matches("other-1 +\\| from the donor", (await sandbox.Compose("-p", "elsewhere", "-f", "other.yaml", "up", "--no-color")).Succeeded().Out);
        (await sandbox.Compose("-p", "elsewhere", "-f", "other.yaml", "down", "-v")).Succeeded();
        (await sandbox.Compose("-p", "sharing", "down", "-v", "-t", "1")).Succeeded();
        await sandbox.AssertNothingRemains();

        async Task<string> Namespace(string service, string kind)
        {
            var full = sandbox.FullId(await sandbox.Id(service, "-p", "sharing"));
            var pid = sandbox.Processes().First(p => p.Role == "container" && File.ReadAllText($"/proc/{p.Pid}/cgroup").Contains(full, StringComparison.Ordinal)).Pid;
            return File.ResolveLinkTarget($"/proc/{pid}/ns/{kind}", false)!.Name;
        }
    }

    [Fact]
    public async Task The_hosts_namespaces_are_had_by_who_asks_and_a_cgroup_is_where_it_is_told_to_be()
    {
        await using var sandbox = await Sandbox.Create();
        var parent = $"{sandbox.CgroupParent}-parent";
        sandbox.Write($$"""
            services:
              hostly:
                image: busybox:1.36
                ipc: host
                pid: host
                uts: host
                cgroup: host
                userns_mode: host
                cgroup_parent: {{parent}}
                command: [sh, -c, 'for n in ipc pid uts cgroup; do readlink /proc/self/ns/$$n; done; hostname; cat /etc/hostname; exec sleep 1000']
              lone:
                image: busybox:1.36
                ipc: none
                command: [sh, -c, 'grep " /dev/shm " /proc/mounts || echo no shm']
              limited:
                image: busybox:1.36
                blkio_config:
                  device_write_bps: [{path: "{{BlockDevice()}}", rate: 1mb} ]
                  device_read_iops: [{path: "{{BlockDevice()}}", rate: 120} ]
                command: sleep 1000
            """);
        (await sandbox.Compose("-p", "hostly", "up", "-d")).Succeeded();
        using var logs = sandbox.Start("-p", "hostly", "logs", "-f", "--no-log-prefix", "hostly", "lone");
        await logs.Line("no shm");
        foreach (var kind in (string[])["ipc", "pid", "uts", "cgroup"])
        {
            await logs.Line(File.ResolveLinkTarget($"/proc/self/ns/{kind}", false)!.Name);
        }

        var host = CgroupHost.Detect();
        var id = sandbox.FullId(await sandbox.Id("hostly", "-p", "hostly"));
        Assert.Equal([id], Cgroup.Children(host, parent));
        Assert.Contains("hostly-hostly-1", (await sandbox.Compose("-p", "hostly", "stats", "--no-stream")).Succeeded().Out);
        var limited = await sandbox.Id("limited", "-p", "hostly");
        Assert.Contains("1048576", sandbox.CgroupFile(limited, "blkio.throttle.write_bps_device", "io.max"));
        Assert.Contains("120", sandbox.CgroupFile(limited, "blkio.throttle.read_iops_device", "io.max"));

        // Its cgroup goes with it, also when the supervisor did not see its end.
        await Sandbox.Kill([sandbox.Supervisor()]);
        await Sandbox.Kill(sandbox.Processes().Where(process => process.Role == "monitor"));
        Assert.Contains("exited", (await sandbox.Containers("-p", "hostly"))["hostly"].Single().GetProperty("State").GetString());
        Assert.Empty(Cgroup.Children(host, parent));
        (await sandbox.Compose("-p", "hostly", "down", "-t", "1")).Succeeded();
        Cgroup.OpenExisting(host, parent)?.Remove();
        await sandbox.AssertNothingRemains();
    }

    [Fact]
    public async Task A_part_of_a_volume_is_mounted_and_no_link_leads_out_of_it()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              fill: {image: busybox:1.36, volumes: [data:/data], command: sh -c 'mkdir -p /data/a/b; echo inside > /data/a/b/file; ln -s a/b /data/link; ln -s /etc /data/out; touch /data/single'}
              read:
                image: busybox:1.36
                depends_on: {fill: {condition: service_completed_successfully} }
                volumes:
                  - {type: volume, source: data, target: /part, volume: {subpath: link} }
                  - {type: volume, source: data, target: /single, volume: {subpath: single} }
                command: sh -c 'cat /part/file; echo new > /part/new; test -f /single && echo one file'
              out:
                image: busybox:1.36
                depends_on: {read: {condition: service_completed_successfully} }
                volumes: [{type: volume, source: data, target: /part, volume: {subpath: out} }]
                command: ls /part
            volumes: {data: {}}
            """);

        var up = await sandbox.Compose("-p", "parts", "up", "--no-color");

        Assert.Matches("read-1 +\\| inside", up.Out);
        Assert.Matches("read-1 +\\| one file", up.Out);
        Assert.Equal("new\n", File.ReadAllText(sandbox.Root + "/volumes/parts_data/_data/a/b/new"));
        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("volume parts_data has no out; make it there first", up.Error);
        (await sandbox.Compose("-p", "parts", "down", "-v")).Succeeded();
        await sandbox.AssertNothingRemains();
    }

    [Fact]
    public async Task What_is_mounted_below_a_read_only_path_is_as_the_file_says()
    {
        await using var sandbox = await Sandbox.Create();
        var (tree, below) = (sandbox.Directory + "/tree", sandbox.Directory + "/tree/below");
        Directory.CreateDirectory(below);
        Devoxx.Native.Mounts.Mount.Make("tmpfs", below, "tmpfs", 0, "mode=777");
        try
        {
            sandbox.Write($$"""
                services:
                  whole: {image: busybox:1.36, volumes: ["{{tree}}:/t:ro"], command: sh -c 'touch /t/below/x 2>/dev/null || echo read-only' }
                  writable: {image: busybox:1.36, volumes: [{type: bind, source: "{{tree}}", target: /t, read_only: true, bind: {recursive: writable} }], command: sh -c 'touch /t/below/x && echo written' }
                  single: {image: busybox:1.36, volumes: [{type: bind, source: "{{tree}}", target: /t, bind: {recursive: disabled} }], command: sh -c 'grep -c " /t/below " /proc/mounts || echo not there' }
                """);

            var up = (await sandbox.Compose("-p", "below", "up", "--no-color")).Succeeded();

            Assert.Matches("whole-1 +\\| read-only", up.Out);
            Assert.Matches("writable-1 +\\| written", up.Out);
            Assert.Matches("single-1 +\\| not there", up.Out);
            (await sandbox.Compose("-p", "below", "down")).Succeeded();
        }
        finally
        {
            Devoxx.Native.Mounts.Mount.Unmount(below, Devoxx.Native.Mounts.UnmountFlags.Detach);
        }

        await sandbox.AssertNothingRemains();
    }

    /// <summary>A disk of this machine.</summary>
    private static string BlockDevice() => Directory.EnumerateDirectories("/sys/class/block").Select(path => "/dev/" + Path.GetFileName(path))
        .First(path => File.Exists(path) && !File.Exists("/sys/class/block/" + Path.GetFileName(path) + "/partition"));
}
