using System.IO.Pipes;
using System.Text.Json;
using Devoxx.Native.Processes;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Runtime.Tests.World;

/// <summary>A monitor started as the supervisor starts it, and its container.</summary>
public sealed class Monitored : IDisposable
{
    private readonly Bundle _bundle;
    private readonly SpawnedProcess _monitor;
    private ExitStatus? _ended;

    private Monitored(Bundle bundle, SpawnedProcess monitor, string status)
    {
        (_bundle, _monitor) = (bundle, monitor);
        Status = JsonDocument.Parse(status).RootElement;
    }

    /// <summary>The line on the status descriptor.</summary>
    public JsonElement Status { get; }

    public string? Error => Status.TryGetProperty("error", out var error) ? error.GetString() : null;

    public string Kind => Status.GetProperty("kind").GetString()!;

    public int Pid => Status.GetProperty("pid").GetInt32();

    public int MonitorPid => _monitor.Pid;

    public PidFd MonitorFd => _monitor.PidFd;

    public static Monitored Start(Bundle bundle, string[] options)
    {
        using var status = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var monitor = Spawn.Start(
            Published.Executable,
            ["devoxx-runtime", "monitor", "--root", bundle.Root, "--bundle", bundle.Path, "--status-fd", "3", .. options, bundle.Id],
            [],
            extra: [(status.ClientSafePipeHandle, 3)],
            newSession: true);
        status.DisposeLocalCopyOfClientHandle();
        return new Monitored(bundle, monitor, new StreamReader(status).ReadToEnd());
    }

    /// <summary>Sends a signal to the container's first process.</summary>
    public void Kill(int signal = Signal.Kill)
    {
        using var process = PidFd.Open(Pid);
        process.SendSignal(signal);
    }

    /// <summary>Waits for the monitor's end; the exit code is the monitor's own.</summary>
    public int MonitorExit() => (_ended ??= _monitor.PidFd.Reap()).ExitCode;

    /// <summary>Waits for the end, and reads the exit record.</summary>
    public ExitRecordJson Exit()
    {
        Assert.Equal(0, MonitorExit());
        var json = JsonDocument.Parse(File.ReadAllBytes(_bundle.Path + "/exit.json")).RootElement;
        var signal = json.GetProperty("signal");
        return new ExitRecordJson(
            json.GetProperty("pid").GetInt32(), json.GetProperty("exitCode").GetInt32(), signal.ValueKind == JsonValueKind.Null ? null : signal.GetInt32(),
            json.GetProperty("oomKills").GetInt64(), json.GetProperty("startedAt").GetString()!, json.GetProperty("exitedAt").GetString()!);
    }

    public void Dispose()
    {
        if (_ended is null)
        {
            if (Error is null)
            {
                using var process = PidFd.TryOpen(Pid);
                process?.SendSignal(Signal.Kill);
            }

            MonitorExit();
        }

        _monitor.Dispose();
    }
}

public sealed record ExitRecordJson(int Pid, int ExitCode, int? Signal, long OomKills, string StartedAt, string ExitedAt);
