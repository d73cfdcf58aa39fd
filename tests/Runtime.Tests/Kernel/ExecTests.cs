using Devoxx.Oci;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The published executable's <c>exec</c>; as root.</summary>
public sealed class ExecTests : IDisposable
{
    private readonly Bundle _bundle = new();

    [Fact]
    public void Joins_every_namespace_the_cgroup_and_the_capabilities()
    {
        var run = Start();
        var inside = _bundle.Exec(_bundle.Id, "sh", "-c", "for n in pid net ipc uts mnt cgroup; do readlink /proc/self/ns/$n; done; cut -d: -f3 /proc/self/cgroup | sort -u; grep Cap /proc/self/status").Succeeded();
        var namespaces = new[] { "pid", "net", "ipc", "uts", "mnt", "cgroup" }.Select(name => new FileInfo($"/proc/{run.Pid}/ns/{name}").LinkTarget!);
        Assert.Equal(
            [.. namespaces, "/", "CapInh:\t0000000000000000", "CapPrm:\t00000000a80425fb", "CapEff:\t00000000a80425fb", "CapBnd:\t00000000a80425fb", "CapAmb:\t0000000000000000"],
            inside.Lines);
    }

    [Theory]
    [InlineData("exit 42", 42)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("true", 0)]
    public void Passes_the_exit_code_on(string script, int code)
    {
        Start();
        Assert.Equal(code, _bundle.Exec(_bundle.Id, "--", "sh", "-c", script).ExitCode);
    }

    [Theory]
    [InlineData("nope", 127, "executable file not found in $PATH")]
    [InlineData("/nope", 127, "no such file or directory")]
    [InlineData("/etc/passwd", 126, "permission denied")]
    public void Tells_why_a_command_did_not_start(string command, int code, string message)
    {
        Start();
        var exec = _bundle.Exec(_bundle.Id, command);
        Assert.Equal(code, exec.ExitCode);
        Assert.Contains(message, exec.Error);
    }

    [Fact]
    public void Connects_the_three_standard_descriptors()
    {
        Start();
        var exec = Command.RunWithInput("in\n", Published.Executable, "exec", "--root", _bundle.Root, _bundle.Id, "sh", "-c", "cat; echo err >&2");
        Assert.Equal(("in\n", "err\n"), (exec.Output, exec.Error));
    }

    [Fact]
    public void Takes_user_directory_and_environment()
    {
        Start();
        var exec = _bundle.Exec("--user", "nobody", "--cwd", "/tmp", "-e", "A=b c", "--env=D=e=f", _bundle.Id, "sh", "-c", "id -un; id -gn; pwd; echo $A $D $HOME; grep CapEff /proc/self/status");
        Assert.Equal(["nobody", "nobody", "/tmp", "b c e=f /home", "CapEff:\t0000000000000000"], exec.Succeeded().Lines);
        Assert.Equal(["123", "456"], _bundle.Exec("-u", "123:456", _bundle.Id, "sh", "-c", "id -u; id -g").Succeeded().Lines);
    }

    [Theory]
    [InlineData("no-such-user")]
    [InlineData("0:no-such-group")]
    [InlineData(":0")]
    [InlineData("0:")]
    [InlineData("0:0:0")]
    [InlineData("-1")]
    [InlineData("4294967296")]
    [InlineData("2147483648")]
    public void CVE_2026_30892_a_user_that_cannot_be_understood_is_refused(string user)
    {
        Start();
        var exec = _bundle.Exec("--user", user, _bundle.Id, "id");
        Assert.Equal(1, exec.ExitCode);
        Assert.Equal("", exec.Output);
    }

    [Fact]
    public void CVE_2024_9676_a_passwd_file_that_is_a_link_or_a_fifo_leads_nowhere()
    {
        var secret = _bundle.Path + "/secret";
        File.WriteAllText(secret, "intruder:x:0:0::/:/bin/sh\n");
        Directory.CreateDirectory(_bundle.Upper + "/etc");
        File.CreateSymbolicLink(_bundle.Upper + "/etc/passwd", secret);
        Start();
        Assert.Contains("no matching entries in passwd file", _bundle.Exec("--user", "intruder", _bundle.Id, "id").Error);
        _bundle.Exec(_bundle.Id, "sh", "-c", "rm /etc/passwd; mkfifo /etc/passwd").Succeeded();
        Assert.Contains("not a regular file", _bundle.Exec("--user", "nobody", _bundle.Id, "id").Error);
        _bundle.Exec(_bundle.Id, "sh", "-c", "rm /etc/passwd; head -c 2000000 /dev/zero >/etc/passwd").Succeeded();
        Assert.Contains("larger than", _bundle.Exec("--user", "nobody", _bundle.Id, "id").Error);
    }

    [Fact]
    public void A_terminal_has_our_size_and_our_input()
    {
        Start();
        var (code, output) = Terminal.Run($"{Published.Executable} exec --tty --root {_bundle.Root} {_bundle.Id} sh -c 'tty; stty size; read x; echo got $x; exit 4'", "word\n");
        Assert.Contains("/dev/pts/", output);
        Assert.Contains("33 77", output);
        Assert.Contains("got word", output);
        Assert.Equal(4, code);
    }

    [Fact]
    public void Detached_it_returns_at_once_and_the_process_runs_on()
    {
        Start();
        _bundle.Exec("--detach", "--pid-file", _bundle.Path + "/pid", _bundle.Id, "sleep", "1000").Succeeded();
        var pid = int.Parse(File.ReadAllText(_bundle.Path + "/pid"));
        Assert.Equal("sleep\0" + "1000\0", File.ReadAllText($"/proc/{pid}/cmdline"));
        Assert.Contains(pid.ToString(), File.ReadAllText(_bundle.CgroupDirectories().First() + "/cgroup.procs"));
        Assert.Equal("/dev/null", new FileInfo($"/proc/{pid}/fd/1").LinkTarget);
    }

    [Fact]
    public void A_container_that_is_not_there_or_has_ended_is_named()
    {
        Assert.Equal("devoxx-runtime: container none does not exist\n", _bundle.Exec("none", "true").Error);
    }

    [Fact]
    public void CVE_2016_9962_no_process_of_the_container_can_trace_one_that_joins()
    {
        // A container that may trace anything of its own, and looks at every process that appears.
        var spec = _bundle.Shell("while :; do for p in /proc/[0-9]*; do [ $p = /proc/1 ] && continue; case $(readlink $p/exe) in */devoxx-runtime*) echo seen;; esac; done; done");
        Assert.Null(_bundle.Start(spec).Error);
        for (var i = 0; i < 30; i++)
        {
            _bundle.Exec(_bundle.Id, "true").Succeeded();
        }

        Assert.Empty(Log.Text(_bundle, "stdout"));
    }

    public void Dispose() => _bundle.Dispose();

    private Monitored Start()
    {
        var run = _bundle.Start(_bundle.Spec("sleep", "1000").WithProcess(p => p with { User = new User { AdditionalGids = [3] } }));
        Assert.Null(run.Error);
        return run;
    }
}
