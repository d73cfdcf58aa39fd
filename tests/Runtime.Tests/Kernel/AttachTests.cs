using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>Terminals and standard input of containers, through attach.sock; as root.</summary>
public sealed class AttachTests
{
    [Fact]
    public void A_terminal_is_the_containers_own_and_its_output_is_in_the_log_too()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("tty; stat -c %t /dev/console; read line; echo got $line; stty size"), "--terminal");
        Assert.Null(run.Error);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bundle.StateDirectory + "/attach.sock"));
        Eventually.True(() => Log.Text(bundle, "stdout").Count == 2, "it asks for a line");
        using (var client = new AttachedClient(bundle))
        {
            client.Send(1, 33, 0, 77, 0);
            client.Type("hello\n");
            client.ReadUntil("33 77");
            client.ReadUntil(null);
        }

        Assert.Equal(0, run.Exit().ExitCode);
        Assert.Equal(["/dev/pts/0", "88", "hello", "got hello", "33 77"], Log.Text(bundle, "stdout").Select(line => line.TrimEnd('\r')));
    }

    [Fact]
    public void Control_characters_reach_the_foreground_process()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.05; done"), "--terminal");
        using var client = new AttachedClient(bundle);
        Eventually.True(() => Log.Text(bundle, "stdout").Any(line => line.StartsWith("ready")), "the trap is set");
        client.Type("\x03");
        client.ReadUntil("interrupted");
        Assert.Equal(9, run.Exit().ExitCode);
    }

    [Fact]
    public void Input_without_terminal_reaches_the_container_and_can_be_ended()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("cat; echo end; echo err >&2"), "--stdin");
        using var client = new AttachedClient(bundle);
        client.Type("one\n");
        Assert.Equal("one\n", client.ReadUntil("one\n"));
        client.Send(2);
        var rest = client.ReadUntil(null);
        Assert.Contains("end\n", rest);
        Assert.Contains("!err\n", rest);
        Assert.Equal(0, run.Exit().ExitCode);
        Assert.Equal(["one", "end"], Log.Text(bundle, "stdout"));
    }

    [Fact]
    public async Task More_input_than_a_pipe_holds_arrives_whole()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("while [ ! -e /tmp/go ]; do sleep 0.02; done; wc -c"), "--stdin");
        using var client = new AttachedClient(bundle);
        var sent = Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                client.Send(0, new byte[50_000]);
            }

            client.Send(2);
        });
        File.WriteAllText($"/proc/{run.Pid}/root/tmp/go", "");
        client.ReadUntil("2500000\n");
        await sent;
        Assert.Equal(0, run.Exit().ExitCode);
    }

    [Fact]
    public void Without_either_standard_input_is_empty()
    {
        using var bundle = new Bundle();
        Assert.Equal(["0"], bundle.Output("wc -c"));
    }
}
