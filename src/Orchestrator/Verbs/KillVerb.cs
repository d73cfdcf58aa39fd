using Devoxx.Native.Processes;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class KillVerb : Verb
{
    private static readonly SwitchFlag RemoveOrphans = new("remove-orphans", null, "Remove containers for services not defined in the Compose file");
    private static readonly TextFlag SignalFlag = new("signal", 's', "SIGNAL to send to the container (default: SIGKILL)");

    public override string Name => "kill";

    public override string Summary => "Force stop service containers";

    public override IReadOnlyList<Flag> Flags => [RemoveOrphans, SignalFlag];

    public override Task<int> RunAsync(Invocation invocation)
    {
        var signal = invocation.Arguments.Value(SignalFlag);
        if (signal is not null)
        {
            Check(signal);
        }

        return ServiceRequests.PerformAsync(invocation, "kill", "Killing", services => new ServicesRequest(
            services, Signal: signal, Orphans: services.IsEmpty && !invocation.Arguments.Has(RemoveOrphans) ? false : null));
    }

    /// <summary>A wrong name is told before a supervisor is started for it.</summary>
    private static void Check(string signal)
    {
        try
        {
            _ = Signal.Parse(signal);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            throw new CommandFailedException($"invalid signal: {signal}");
        }
    }
}
