using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Systemd;
using Devoxx.Supervisor;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>The supervisor process itself, which the other verbs start on demand.</summary>
internal sealed class SupervisorVerb : Verb
{
    private static readonly NumberFlag ReadyFd = new("ready-fd", null, "Write a byte to this descriptor once requests are answered") { Hidden = true };
    private static readonly NumberFlag IdleTimeout = new("idle-timeout", null, "Leave after this many seconds in which nothing ran and nobody asked; 0: stay");

    private static readonly NumberFlag SpawnLockFd = new("spawn-lock-fd", null, "Close this descriptor once requests are answered") { Hidden = true };

    /// <summary>Long enough for a script of several commands to find the same supervisor again.</summary>
    private const int DefaultIdleSeconds = 60;

    public override string Name => "supervisor";

    public override string Summary => "Run the supervisor in the foreground";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [IdleTimeout, ReadyFd, SpawnLockFd];

    public override int MostOperands => 0;

    public override bool Hidden => true;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var idle = invocation.Arguments.Value(IdleTimeout) ?? DefaultIdleSeconds;

        // It outlives the directory it was started in, and must not keep that busy.
        Directory.SetCurrentDirectory("/");
        // A command may be about to start one: it waits until this one answers, and starts no other.
        using var spawnLock = invocation.Arguments.Value(SpawnLockFd) is { } fd ? new SafeFileHandle(fd, ownsHandle: true) : SupervisorLauncher.AcquireSpawnLock(invocation.Root).Handle;
        return await SupervisorHost.RunAsync(
            new SupervisorOptions(
                invocation.Root,
                RuntimePath.Find(),
                invocation.Arguments.Value(ReadyFd),
                idle == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(idle),
                () =>
                {
                    spawnLock.Dispose();
                    SystemdNotice.Ready();
                })
            {
                MachineStops = Systemctl.MachineStopsAsync,
                Stopping = SystemdNotice.Stopping,
            },
            invocation.Interrupts.First);
    }
}
