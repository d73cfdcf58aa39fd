using Devoxx.Native;
using Devoxx.Native.Systemd;

namespace Devoxx.Orchestrator.Systemd;

/// <summary>What systemctl(1) does as root, in words of this room: each call waits on a thread of the pool, and its failure is the command's.</summary>
internal sealed class Systemctl : IDisposable
{
    /// <summary>As long as systemd itself lets a unit take (DefaultTimeoutStartSec, DefaultTimeoutStopSec, systemd-system.conf(5)), and a little.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly SystemdBus _bus;

    private Systemctl(SystemdBus bus) => _bus = bus;

    /// <summary>Null when no systemd is there to be asked.</summary>
    public static async Task<Systemctl?> TryConnectAsync(CancellationToken cancellation, string socket = SystemdBus.SystemSocket) =>
        await DoAsync(() => SystemdBus.TryConnect(socket), cancellation) is { } bus ? new Systemctl(bus) : null;

    /// <summary>Reads unit files again.</summary>
    public Task ReloadAsync(CancellationToken cancellation) => DoAsync(
        () =>
        {
            _bus.Reload();
            return "";
        },
        cancellation);

    /// <summary>Starts a unit, and waits until that has come out.</summary>
    /// <returns>How: <c>done</c>, <c>failed</c>, <c>timeout</c>, <c>canceled</c> or <c>dependency</c>.</returns>
    public Task<string> StartAsync(string unit, CancellationToken cancellation) => DoAsync(() => _bus.AwaitJob(_bus.Start(unit), Patience), cancellation);

    /// <summary>Stops a unit, and waits until it has ended.</summary>
    public Task StopAsync(string unit, CancellationToken cancellation) => DoAsync(() => _bus.AwaitJob(_bus.Stop(unit), Patience), cancellation);

    private Task<bool> IsStoppingAsync(CancellationToken cancellation) => DoAsync(() => _bus.ReadState() == "stopping", cancellation);

    /// <summary>Whether the machine is on its way down, as the systemd has it that is there; no, when there is none or it does not say.</summary>
    public static async Task<bool> MachineStopsAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            using var systemd = await TryConnectAsync(patience.Token);
            return systemd is not null && await systemd.IsStoppingAsync(patience.Token);
        }
        catch (Exception e) when (e is CommandFailedException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"systemd does not say whether the machine stops, which is taken for no: {e.Message}");
            return false;
        }
    }

    public void Dispose() => _bus.Dispose();

    private static async Task<T> DoAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(call, cancellation).WaitAsync(cancellation);
        }
        catch (Exception e) when (e is SystemdException or LinuxException)
        {
            throw new CommandFailedException(e.Message);
        }
    }
}
