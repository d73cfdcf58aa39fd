using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>What a container can reach, and who can reach the supervisor.</summary>
public sealed class ConfinementScenario
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Stack = """
        services:
          one: {image: busybox:1.36, command: sleep 1000000}
          two: {image: busybox:1.36, privileged: true, command: sleep 1000000}
        """;

    [Fact]
    public async Task Keeps_state_and_socket_to_the_owner()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        foreach (var directory in (string[])[sandbox.Root, sandbox.RunDirectory, sandbox.RunDirectory + "/containers"])
        {
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        }

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(sandbox.RunDirectory + "/supervisor.sock"));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Gives_a_container_the_usual_capabilities_devices_and_nothing_that_was_open()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        // Docker's default set; nothing inheritable or ambient.
        Assert.Equal(["CapInh:\t0000000000000000", "CapPrm:\t00000000a80425fb", "CapEff:\t00000000a80425fb", "CapBnd:\t00000000a80425fb", "CapAmb:\t0000000000000000"],
            await In(sandbox, "one", "grep Cap /proc/1/status"));
        Assert.Equal("console fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero".Split(' ').Except(["console", "mqueue"]),
            (await In(sandbox, "one", "ls /dev")).Except(["console", "mqueue", "core"]));
        Assert.Equal(["0", "1", "2"], await In(sandbox, "one", "ls /proc/1/fd"));
        Assert.Equal(["0::/"], (await In(sandbox, "one", "cat /proc/1/cgroup")).Where(line => line.StartsWith("0:", StringComparison.Ordinal)));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Hides_and_protects_what_of_proc_and_sys_is_the_host_s()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        Assert.Equal(["0"], await In(sandbox, "one", "cat /proc/kcore 2>/dev/null | head -c 1 | wc -c"));
        Assert.Equal(["denied", "denied", "denied"], await In(sandbox, "one", """
            for file in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/kernel/uevent_helper; do
              (echo x > $file) 2>/dev/null && echo "wrote $file" || echo denied
            done
            """));
        Assert.Equal(["denied"], await In(sandbox, "one", "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk >/dev/null 2>&1 && echo read || echo denied"));
        Assert.Equal(["denied"], await In(sandbox, "one", "mount -t tmpfs none /tmp 2>/dev/null && echo mounted || echo denied"));

        // Nor does a privileged one see the host's mounts and processes.
        Assert.DoesNotContain(await In(sandbox, "two", "cat /proc/mounts"), line => sandbox.Owns(line) && !line.StartsWith("overlay ", StringComparison.Ordinal));
        Assert.Equal(["sleep"], await In(sandbox, "two", "cat /proc/1/comm"));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Filters_system_calls_as_docker_does_and_as_the_stack_file_says()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":28}]}""", "no-mkdir.json");
        sandbox.Write("""
            services:
              usual: {image: busybox:1.36, command: sleep 1000000}
              admin: {image: busybox:1.36, command: sleep 1000000, cap_add: [SYS_ADMIN]}
              own: {image: busybox:1.36, command: sleep 1000000, security_opt: ["seccomp=no-mkdir.json"]}
              open: {image: busybox:1.36, command: sleep 1000000, security_opt: ["seccomp:unconfined"]}
              privileged: {image: busybox:1.36, command: sleep 1000000, privileged: true}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        Assert.Equal(["Seccomp:\t2", "denied"], await In(sandbox, "usual", "grep Seccomp: /proc/1/status; unshare -U true 2>/dev/null && echo made || echo denied"));
        Assert.Equal(["Seccomp:\t2", "made"], await In(sandbox, "admin", "grep Seccomp: /proc/1/status; unshare -m true && echo made"));
        Assert.Equal(["Seccomp:\t2", "full"], await In(sandbox, "own", "grep Seccomp: /proc/1/status; mkdir /x 2>&1 | grep -q 'No space left' && echo full"));
        Assert.Equal(["Seccomp:\t0", "made"], await In(sandbox, "open", "grep Seccomp: /proc/1/status; unshare -U true && echo made"));
        Assert.Equal(["Seccomp:\t0"], await In(sandbox, "privileged", "grep Seccomp: /proc/1/status"));
        await sandbox.AssertNothingLeft();
    }

    private static async Task<IReadOnlyList<string>> In(Sandbox sandbox, string service, string script) =>
        (await sandbox.Compose("exec", "-T", service, "sh", "-c", script)).Succeeded().Lines;
}
