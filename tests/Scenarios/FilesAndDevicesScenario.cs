using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Configs, secrets, devices and further groups, as a process in the container finds them.</summary>
public sealed class FilesAndDevicesScenario
{
    [Fact]
    public async Task Configs_and_secrets_come_from_files_variables_and_the_stack_with_owner_and_mode_and_cannot_be_written()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("from a file\n", "key.txt");
        sandbox.Variables["TOKEN"] = "from a variable";
        sandbox.Write("""
            services:
              reader:
                image: busybox:1.36
                user: "1000"
                secrets:
                  - key
                  - token
                  - {source: key, target: owned, uid: "1000", gid: "1001", mode: 0o400}
                configs:
                  - {source: motd, target: /etc/deep/er/motd}
                command: [sh, -c, 'cat /run/secrets/key /etc/deep/er/motd /run/secrets/token; echo; stat -c "%u:%g %a" /run/secrets/owned /run/secrets/token; cat /run/secrets/owned']
              writer:
                image: busybox:1.36
                secrets: [key, token]
                command: [sh, -c, 'for f in key token; do echo x 2>/dev/null > /run/secrets/$$f || echo refused $$f; done']
            secrets:
              key: {file: ./key.txt}
              token: {environment: TOKEN}
            configs:
              motd:
                content: "inline for ${COMPOSE_PROJECT_NAME}\n"
            """);

        var up = (await sandbox.Compose("-p", "files", "up", "--no-color")).Succeeded();

        foreach (var line in (string[])["from a file", "inline for files", "from a variable", "1000:1001 400", "0:0 444"])
        {
            Assert.Matches($@"reader-1 +\| {line}", up.Out);
        }

        Assert.Equal(2, up.Out.Split("| from a file").Length - 1);
        Assert.Contains("refused key", up.Out);
        Assert.Contains("refused token", up.Out);
        Assert.Equal("from a file\n", File.ReadAllText(sandbox.Directory + "/key.txt"));
        (await sandbox.Compose("-p", "files", "down", "-v")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_device_can_be_opened_by_who_names_it_alone_and_further_groups_are_had()
    {
        await using var sandbox = await Sandbox.Create();
        // /dev/kmsg is on every machine, and nobody's by default; to open it for writing takes no capability.
        sandbox.Write("""
            services:
              given:
                image: busybox:1.36
                devices: ["/dev/kmsg:/dev/messages:w"]
                group_add: ["4321", "daemon"]
                command: [sh, -c, 'ls /dev/kmsg 2>/dev/null; exec 3>/dev/messages && echo opened; (exec 4</dev/messages) 2>/dev/null || echo write only; id -G']
              ruled:
                image: busybox:1.36
                device_cgroup_rules: ["c 1:11 w"]
                cap_add: [MKNOD]
                command: [sh, -c, 'mknod /tmp/m c 1 11 && exec 3>/tmp/m && echo opened']
              without:
                image: busybox:1.36
                cap_add: [MKNOD]
                command: [sh, -c, 'mknod /tmp/m c 1 11 && (exec 3>/tmp/m) 2>/dev/null || echo refused']
            """);

        var up = (await sandbox.Compose("-p", "devices", "up", "--no-color")).Succeeded();

        Assert.Matches(@"given-1 +\| opened", up.Out);
        Assert.Matches(@"given-1 +\| write only", up.Out);
        Assert.Matches(@"given-1 +\| .*4321", up.Out);
        Assert.Matches(@"ruled-1 +\| opened", up.Out);
        Assert.Matches(@"without-1 +\| refused", up.Out);
        (await sandbox.Compose("-p", "devices", "down", "-v")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_named()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {one: {image: busybox:1.36, devices: [/dev/no-such-device]}}");

        var up = await sandbox.Compose("-p", "nodevice", "up", "-d");

        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("/dev/no-such-device is not on this machine", up.Error);
        (await sandbox.Compose("-p", "nodevice", "down")).Succeeded();
        await sandbox.AssertNothingLeft();
    }
}
