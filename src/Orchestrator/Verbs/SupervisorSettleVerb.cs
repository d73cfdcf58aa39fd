using System.Globalization;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>
/// <c>supervisor settle</c>: until recovery is over and nothing is being started, stopped, made or removed; as <c>udevadm settle</c> does for devices.
/// Starts a supervisor if none runs, which recovers.
/// </summary>
internal sealed class SupervisorSettleVerb : Verb
{
    private const int DefaultSeconds = 120;

    private static readonly NumberFlag Wait = new("timeout", 't', $"Wait this many seconds at most (default {DefaultSeconds})");

    public override string Name => "supervisor settle";

    public override string Summary => "Wait until recovery is over and nothing is being started, stopped, made or removed";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [Wait];

    public override int MostOperands => 0;

    /// <returns>1 when it has not settled in time; what is under way is said on standard error.</returns>
    public override async Task<int> RunAsync(Invocation invocation)
    {
        var within = invocation.Arguments.Value(Wait) ?? DefaultSeconds;
        using var supervisor = await invocation.ConnectAsync();
        var answer = await supervisor.GetAsync(
            $"{ControlRoutes.Settled}?within={within.ToString(CultureInfo.InvariantCulture)}", ControlJson.Default.SettledView, invocation.Interrupts.First);
        if (answer.Settled)
        {
            return ExitCode.Success;
        }

        throw new CommandFailedException(
            $"not settled within {within} s:{string.Concat(answer.UnderWay.Select(each => "\n  " + each))}\n`devoxx-compose why SERVICE` tells more of a container; `--timeout` waits longer");
    }
}
