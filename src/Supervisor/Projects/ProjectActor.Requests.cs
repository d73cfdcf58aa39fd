using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Images;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Images;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Seccomp;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Projects;

/// <summary>From a request to a plan, and from the plan to orders.</summary>
internal sealed partial class ProjectActor
{
    private void Request(ProjectRequest request)
    {
        halting |= request is HaltProject;
        if (current is not null)
        {
            const string why = "interrupted: the project is being stopped";
            var pulling = current is UpProject && images.Values.Any(image => image is null);
            queue.Enqueue(request);
            // Who asks to stop does not wait for what is being started to come up.
            var stops = request is StopServices or DownProject or HaltProject && !request.DryRun;
            if (stops)
            {
                foreach (var run in runs.ToList())
                {
                    run.Execution = run.Execution.Cancelled(why);
                    Abandon(run, why);
                }
            }

            if (stops && pulling)
            {
                // Nothing has begun yet; an image that is being pulled may take minutes, and the pull goes on for the next up.
                Refuse(Plan.Refused([why]));
            }

            return;
        }

        current = request;
        volumes = null;
        networks = null;
        obstacles = [];
        images.Clear();
        donors.Clear();
        Context.Parent.Tell(new GetVolumes());
        Context.Parent.Tell(new GetNetworks());
        if (request is UpProject { DryRun: false } forwarding)
        {
            LookForObstacles(forwarding);
        }

        if (request is UpProject up)
        {
            AskForDonors(up);
            foreach (var service in UpPlanner.Imaged(up.Project, up.Wish).Where(_ => !up.DryRun))
            {
                if (ServiceImages.Of(up.Project, service) is { } wanted && images.TryAdd(wanted, null))
                {
                    Context.Parent.Tell(new ResolveImage(wanted.Name, ServiceImages.PolicyOf(up.Project, service, up.Wish.Pull), Self, wanted.Platform));
                }
            }
        }
    }

    private void TellImage(ImageAnswer answer)
    {
        if (current is UpProject up && (answer.Pulled || answer.Error is not null))
        {
            up.Output.TryWrite(new ControlLine(new Progress(
                "Image", answer.Reference, answer.Error is null ? "Pulled" : "Error", answer.Error, Done: true, Failed: answer.Error is not null)));
        }
    }

    private void TellImage(ImageProgress p)
    {
        if (current is UpProject { Wish.QuietPull: false } up)
        {
            up.Output.TryWrite(new ControlLine(ImageProgressView.Of(p.Progress)));
        }
    }

    private void PlanIfKnown()
    {
        if (current is null || volumes is null || networks is null || obstacles is null || images.Values.Any(i => i is null) || donors.Values.Any(d => d is null) || main is not null)
        {
            return;
        }

        if (current.DryRun)
        {
            Foretell(current);
            Next();
            return;
        }

        if (current is UpProject up)
        {
            var errors = images.Values.Where(i => i!.Error is not null).Select(i => i!.Error!).ToImmutableArray();
            if (!errors.IsEmpty)
            {
                Refuse(Plan.Refused(errors));
                return;
            }

            var plan = new UpPlanner(
                up.Project, up.Wish, images.ToImmutableDictionary(i => i.Key, i => new PlannedImage(i.Value!.Image!.Id, i.Value.Image.Config.Config ?? new Oci.ImageConfig())), Observe(), environment.Root, NewId.Make, Defined).Make();
            if (SeccompProfiles.HostWarning is { } unfiltered)
            {
                plan = plan with { Warnings = plan.Warnings.Add(unfiltered) };
            }

            plan = plan with { Warnings = plan.Warnings.AddRange(obstacles.Value) };
            if (!plan.Errors.IsEmpty)
            {
                Refuse(plan);
                return;
            }

            Define(up.Definition, () => CarryOut(plan));
            return;
        }

        var other = PlanOf(current);
        if (other.Errors.IsEmpty)
        {
            CarryOut(other);
        }
        else
        {
            Refuse(other);
        }
    }

    private Plan PlanOf(ProjectRequest request) => ProjectPlans.Of(request, Defined(), Observe());

    private void Define(ProjectDefinition definition, Action then)
    {
        var same = State.Definition is { } before
            && before.GetRawText() == definition.Model.GetRawText()
            && State.ConfigFiles.SequenceEqual(definition.ConfigFiles);
        if (same)
        {
            then();
        }
        else
        {
            Carry(new(
                [new ProjectDefined(subject, environment.Now, definition.Model, definition.ConfigFiles, definition.WorkingDirectory)],
                [new Then(then)]));
        }
    }

    /// <summary>The run of the request being served; signals have runs of their own beside it.</summary>
    private PlanRun? main;

    private void CarryOut(Plan plan)
    {
        main = new PlanRun(plan, current!.Output);
        runs.Add(main);
        main.TellUnchanged();
        if (current is UpProject { Wish: { Wait: true, WaitTimeout: { } most } })
        {
            Timers.StartSingleTimer(main, new WaitOver(main, null, most), most);
        }

        BeginUpdates(main);
    }

    private void Refuse(Plan plan)
    {
        current!.Output.TryWrite(new ControlLine(Outcome: new Outcome(plan.Errors, plan.Warnings)));
        current.Output.TryComplete();
        Next();
    }

    /// <summary>What does not wait for the requests before it.</summary>
    private void AtOnce(ProjectRequest request)
    {
        if (request.DryRun)
        {
            Foretell(request);
            return;
        }

        var plan = PlanOf(request);
        if (!plan.Errors.IsEmpty)
        {
            request.Output.TryWrite(new ControlLine(Outcome: new Outcome(plan.Errors, plan.Warnings)));
            request.Output.TryComplete();
            return;
        }

        var run = new PlanRun(plan, request.Output);
        runs.Add(run);
        Go(run);
    }

    /// <summary>Gives out whatever is ready; when nothing is left, says how it ended.</summary>
    private void Go(PlanRun run)
    {
        (run.Execution, var ready) = run.Execution.Begin();
        if (run.Execution.IsOver)
        {
            runs.Remove(run);
            Timers.Cancel(run);
            EndUpdates(run);
            run.Finish();
            if (ReferenceEquals(run, main))
            {
                main = null;
                Next();
            }

            return;
        }

        // All containers that are about to be made are noted in one write, before the first is.
        var added = ready.Where(o => o.Kind == OperationKind.CreateContainer)
            .Select(IProjectEvent (o) => new ProjectContainerAdded(o.Container!.Subject, environment.Now, o.ContainerId!))
            .ToImmutableArray();
        if (added.IsEmpty)
        {
            GiveOut(run, ready);
        }
        else
        {
            Carry(new(added, [new Then(() => GiveOut(run, ready))]));
        }
    }

    private void GiveOut(PlanRun run, ImmutableArray<Operation> ready)
    {
        foreach (var operation in ready)
        {
            var order = ++orders;
            run.Orders[order] = operation.Id;
            run.Tell(operation, PlanRun.Doing(operation.Kind), done: false);
            switch (operation.Kind)
            {
                case OperationKind.CreateVolume:
                    Context.Parent.Tell(new CreateVolume(order, operation.Volume!, Self));
                    break;
                case OperationKind.CreateNetwork:
                    Context.Parent.Tell(new CreateNetwork(order, operation.Network!, Self));
                    break;
                case OperationKind.RemoveNetwork:
                    Context.Parent.Tell(new RemoveNetwork(order, operation.Name, operation.Cause, Self));
                    break;
                case OperationKind.RemoveVolume:
                    Context.Parent.Tell(new RemoveVolume(order, operation.Name, operation.Cause, Self));
                    break;
                case OperationKind.AwaitContainer:
                    Await(run, order, operation);
                    break;
                case OperationKind.ContinueUpdate:
                    Continue(run, order, operation);
                    break;
                case OperationKind.StartContainer:
                    Start(run, order, operation);
                    break;
                default:
                    Child(operation.ContainerId!).Tell(OrderOf(operation, order));
                    break;
            }
        }
    }

    private static IContainerOrder OrderOf(Operation operation, long order) => operation.Kind switch
    {
        OperationKind.CreateContainer => new CreateContainer(order, operation.Container!, operation.Cause),
        OperationKind.RenameContainer => new RenameContainer(order, operation.NewName!, operation.Cause),
        OperationKind.StopContainer => new StopContainer(order, operation.Grace, operation.Cause, operation.ByHalt),
        OperationKind.KillContainer => new KillContainer(order, operation.Signal, operation.Cause),
        OperationKind.PauseContainer => new PauseContainer(order, operation.Cause),
        OperationKind.UnpauseContainer => new UnpauseContainer(order, operation.Cause),
        OperationKind.RemoveContainer => new RemoveContainer(order, operation.Cause),
        _ => throw new InvalidOperationException($"{operation.Kind} is not for a container"),
    };

    private void Answered(long order, string? error)
    {
        if (runs.Find(r => r.Orders.ContainsKey(order)) is not { } run)
        {
            return;
        }

        run.Orders.Remove(order, out var id);
        var operation = run.Execution.Operation(id);
        run.Tell(operation, PlanRun.Did(operation.Kind), done: true, error);
        run.Execution = error is null ? run.Execution.Succeeded(id) : run.Execution.Failed(id, $"{Kind(operation)} {operation.Name}: {error}");
        if (operation.Kind == OperationKind.RemoveContainer && error is null)
        {
            Drop(operation.ContainerId!);
        }

        Go(run);
    }

    private static string Kind(Operation operation) =>
        operation.Kind is OperationKind.CreateVolume or OperationKind.RemoveVolume ? "volume"
        : operation.Kind is OperationKind.CreateNetwork or OperationKind.RemoveNetwork ? "network"
        : operation.Kind is OperationKind.ContinueUpdate ? "service" : "container";

    private void Next()
    {
        current = null;
        images.Clear();
        if (queue.TryDequeue(out var next))
        {
            Request(next);
        }

        TellUp();
    }
}
