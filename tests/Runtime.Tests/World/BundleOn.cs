using System.Diagnostics;
using Devoxx.Native.Processes;

namespace Devoxx.Runtime.Tests.World;

/// <summary>A run whose bundle directory, and so its log, lies on a filesystem of the test; its root stays on the ordinary one.</summary>
public sealed class BundleOn(Bundle bundle, string disk) : IDisposable
{
    private Process? _monitor;

    public string LogPath => disk + "/log";

    /// <summary>Whether the container has said all and waits for <see cref="Go"/>.</summary>
    public unsafe bool IsWaiting
    {
        get
        {
            if (!File.Exists(Inside + "/tmp/waiting"))
            {
                return false;
            }

            // And the monitor has written what it had read (it sleeps in epoll_wait), and there is nothing more to read.
            const string EpollWait = "232 ";
            if (!File.ReadAllText($"/proc/{_monitor!.Id}/syscall").StartsWith(EpollWait, StringComparison.Ordinal))
            {
                return false;
            }

            const int FIONREAD = 0x541b;
            using var pipe = File.OpenHandle($"/proc/{Pid}/fd/1");
            int unread;
            Assert.Equal(0, Native.RawSyscall.Invoke(Native.Nr.ioctl, pipe.DangerousGetHandle(), FIONREAD, (nint)(&unread)));
            return unread == 0;
        }
    }

    public BundleOn Start(string script)
    {
        var spec = bundle.Shell(script.Replace("while [", "touch /tmp/waiting; while ["));
        bundle.Write(spec with { Root = new Oci.Root(bundle.Path + "/rootfs") });
        File.Copy(bundle.Path + "/config.json", disk + "/config.json");
        _monitor = Process.Start(Published.Executable, ["monitor", "--root", bundle.Root, "--bundle", disk, bundle.Id]);
        return this;
    }

    public void Go() => File.WriteAllText(Inside + "/tmp/go", "");

    // Not the upper directory: an overlay need not notice what is changed behind its back.
    private string Inside => $"/proc/{Pid}/root";

    private int Pid => System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(bundle.StateDirectory + "/state.json")).RootElement.GetProperty("pid").GetInt32();

    public int Exit()
    {
        Assert.True(_monitor!.WaitForExit(30_000));
        return _monitor.ExitCode;
    }

    public void Dispose()
    {
        if (_monitor is { HasExited: false })
        {
            using var monitor = PidFd.Open(_monitor.Id);
            monitor.SendSignal(Signal.Kill);
            _monitor.WaitForExit();
        }

        _monitor?.Dispose();
    }
}
