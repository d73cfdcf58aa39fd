using System.Diagnostics;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary><c>commit</c>: what a container has changed, as an image that runs, and that other tools read.</summary>
public sealed class CommitScenario
{
    private const string Stack = """
        name: committed
        services:
          app: { image: "busybox:1.36", command: sleep infinity, environment: { SAID: hello }, volumes: ["data:/data", "./host:/host"], stop_grace_period: 0s }
        volumes: { data: {} }
        """;

    [Fact]
    public async Task A_changed_container_becomes_an_image_that_runs_and_that_skopeo_reads()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        sandbox.Write("of the host", "host/file");
        (await sandbox.Compose("up", "-d")).Succeeded();
        (await sandbox.Compose("exec", "-T", "app", "sh", "-c", "echo changed > /etc/new; rm /bin/vi; rm -r /var; mkdir /var; echo v > /data/inside; ln -s / /etc/round")).Succeeded();

        // Whoever asked is killed in the middle: the container goes on all the same, and nothing is left of the image.
        (await sandbox.Compose("exec", "-T", "app", "dd", "if=/dev/zero", "of=/big", "bs=1M", "count=500")).Succeeded();
        using (var frozen = sandbox.Start("events", "--follow"))
        {
            using var killed = sandbox.Start("commit", "app", "never:1");
            await frozen.Line("container.paused");
            killed.Signal("KILL");
            await frozen.Line("container.unpaused");
        }

        Assert.DoesNotContain("never", (await sandbox.Compose("image", "ls")).Succeeded().Out);
        (await sandbox.Compose("exec", "-T", "app", "rm", "/big")).Succeeded();

        var typo = (await sandbox.Compose("commit", "-c", "RUN x", "app", "changed:1")).FailedWith(1);
        Assert.Contains("RUN is not an instruction", typo.Error);
        var commit = (await sandbox.Compose("commit", "-m", "by hand", "-a", "Jane", "-c", "ENV MORE=\"two words\"", "app", "changed:1")).Succeeded();
        Assert.StartsWith("sha256:", commit.Out);
        Assert.Equal("running", Assert.Single((await sandbox.Containers())["app"]).GetProperty("State").GetString());
        var events = (await sandbox.Compose("events")).Succeeded().Out;
        Assert.Contains("commit", events);

        // Without pausing, of one that does not run, and without a name.
        (await sandbox.Compose("commit", "--pause=false", "app", "changed:2")).Succeeded();
        (await sandbox.Compose("stop")).Succeeded();
        Assert.StartsWith("sha256:", (await sandbox.Compose("commit", "app")).Succeeded().Out);
        Assert.Contains("by hand", (await sandbox.Compose("image", "history", "changed:1")).Succeeded().Out);
        (await sandbox.Compose("down", "-v")).Succeeded();

        sandbox.Write("name: committed\nservices:\n  app: { image: \"changed:1\", stop_grace_period: 0s }\n");
        (await sandbox.Compose("up", "-d")).Succeeded();
        var seen = (await sandbox.Compose("exec", "-T", "app", "sh", "-c", "cat /etc/new; echo $SAID $MORE; ls /var /data /host; ls /bin/vi 2>&1; tr '\\0' ' ' < /proc/1/cmdline")).Succeeded().Out;
        Assert.Equal("changed\nhello two words\n/data:\n\n/host:\n\n/var:\nls: /bin/vi: No such file or directory\nsleep infinity", seen.TrimEnd());

        (await sandbox.Compose("image", "save", "-o", "oci:layout:latest", "changed:1")).Succeeded();
        (await sandbox.Compose("image", "save", "-o", "docker-archive:changed.tar", "changed:1")).Succeeded();
        Assert.Contains("MORE=two words", await Skopeo($"oci:{sandbox.Directory}/layout:latest"));
        Assert.Contains("MORE=two words", await Skopeo($"docker-archive:{sandbox.Directory}/changed.tar"));
        (await sandbox.Compose("down")).Succeeded();
        (await sandbox.Compose("image", "rm", "changed:1")).Succeeded();
        Assert.Contains("changed:1", (await sandbox.Compose("image", "load", "oci:layout")).Succeeded().Error);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>The supervisor is killed there, and with it who held the container: it goes on, and nothing of it is done twice.</summary>
    [Theory]
    [InlineData("CgroupEffects.Freeze.after")]
    [InlineData("journal.cgroup.frozen.v1.after")]
    [InlineData("journal.container.paused.v1.after")]
    public async Task What_a_commit_held_goes_on_wherever_the_supervisor_was_killed(string point)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {ticker: {image: busybox:1.36, command: sleep 1000000, network_mode: none, init: true}}");
        (await sandbox.Compose("up", "-d")).Succeeded();
        await Sandbox.Kill([sandbox.Supervisor()]);
        sandbox.Variables["DEVOXX_FAILPOINT"] = point + "=kill";
        (await sandbox.Compose("commit", "ticker", "held:1")).FailedWith(1);

        sandbox.Variables.Remove("DEVOXX_FAILPOINT");
        var id = Assert.Single((await sandbox.Containers())["ticker"]).GetProperty("ID").GetString()!;
        for (var deadline = DateTime.UtcNow.AddSeconds(20); sandbox.CgroupFile(id, "cgroup.freeze", "freezer.state") is not ("0" or "THAWED") || await State() != "running"; await Task.Delay(50))
        {
            Assert.True(DateTime.UtcNow < deadline, "waited in vain for the container to go on");
        }

        Assert.Equal("hello\n", (await sandbox.Compose("exec", "-T", "ticker", "echo", "hello")).Succeeded().Out);
        var written = (await sandbox.History()).Count;
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("ps")).Succeeded();
        Assert.Equal(written, (await sandbox.History()).Count);
        await sandbox.AssertNothingLeft();

        async Task<string?> State() => Assert.Single((await sandbox.Containers())["ticker"]).GetProperty("State").GetString();
    }

    private static async Task<string> Skopeo(string image)
    {
        using var process = Process.Start(new ProcessStartInfo("skopeo", ["inspect", "--config", image]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
