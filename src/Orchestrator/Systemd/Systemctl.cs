using Devoxx.Native;
using Devoxx.Native.Systemd;

namespace Devoxx.Orchestrator.Systemd;

/// <summary>What systemctl(1) does as root, in words of this room: each call waits on a thread of the pool, and its failure is the command's.</summary>
internal sealed class Systemctl : IDisposable
{
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

    /// <summary>Enqueues the start; does not wait for it to come out.</summary>
    public Task StartAsync(string unit, CancellationToken cancellation) => DoAsync(() => _bus.Start(unit), cancellation);

    public Task StopAsync(string unit, CancellationToken cancellation) => DoAsync(() => _bus.Stop(unit), cancellation);

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
