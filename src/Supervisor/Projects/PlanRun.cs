using System.Threading.Channels;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>A plan being carried out for somebody who watches: turns its operations into the lines that person reads.</summary>
internal sealed class PlanRun(Plan plan, ChannelWriter<ControlLine> output)
{
    public Plan Plan => plan;

    public PlanExecution Execution { get; set; } = PlanExecution.Of(plan);

    /// <summary>The plan's operation by the order that was given for it.</summary>
    public Dictionary<long, int> Orders { get; } = [];

    public void Tell(Operation operation, string status, bool done, string? error = null) => Write(new Progress(
        operation.Kind is OperationKind.CreateVolume or OperationKind.RemoveVolume ? "Volume"
        : operation.Kind is OperationKind.CreateNetwork or OperationKind.RemoveNetwork ? "Network"
        : operation.Kind is OperationKind.ContinueUpdate ? "Service" : "Container",
        operation.Name,
        error is null ? status : "Error",
        error ?? (done ? null : operation.Cause),
        done || error is not null,
        error is not null));

    public void Tell(Operation operation, string status, string detail) => Write(new Progress("Container", operation.Name, status, detail));

    /// <summary>Passes on what a hook writes, to whoever waits for the start or stop that it belongs to.</summary>
    public void TellHook(string containerId, HookLine line)
    {
        if (Orders.Values.Any(id => Execution.Operation(id).ContainerId == containerId))
        {
            output.TryWrite(new ControlLine(Hook: line));
        }
    }

    public void TellUnchanged()
    {
        foreach (var name in plan.Unchanged)
        {
            Write(new Progress("Container", name, "Running", Done: true));
        }
    }

    public void Finish()
    {
        output.TryWrite(new ControlLine(Outcome: new Outcome([.. Execution.Errors], [.. plan.Warnings, .. Execution.Warnings])));
        output.TryComplete();
    }

    public static string Doing(OperationKind kind) => kind switch
    {
        OperationKind.CreateNetwork or OperationKind.CreateVolume or OperationKind.CreateContainer => "Creating",
        OperationKind.StartContainer => "Starting",
        OperationKind.StopContainer => "Stopping",
        OperationKind.KillContainer => "Killing",
        OperationKind.PauseContainer => "Pausing",
        OperationKind.UnpauseContainer => "Unpausing",
        OperationKind.AwaitContainer => "Waiting",
        OperationKind.RenameContainer => "Renaming",
        OperationKind.ContinueUpdate => "Updating",
        _ => "Removing",
    };

    public static string Did(OperationKind kind) => kind switch
    {
        OperationKind.CreateNetwork or OperationKind.CreateVolume or OperationKind.CreateContainer => "Created",
        OperationKind.StartContainer => "Started",
        OperationKind.StopContainer => "Stopped",
        OperationKind.KillContainer => "Killed",
        OperationKind.PauseContainer => "Paused",
        OperationKind.UnpauseContainer => "Unpaused",
        OperationKind.AwaitContainer => "Ready",
        OperationKind.RenameContainer => "Renamed",
        OperationKind.ContinueUpdate => "Updated",
        _ => "Removed",
    };

    private void Write(Progress progress) => output.TryWrite(new ControlLine(progress));
}
