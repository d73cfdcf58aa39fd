using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Images;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Seccomp;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Projects;

/// <summary>From a request to a plan, one request after another.</summary>
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

                StopWhatStarts(request);
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

    /// <summary>A start may hang: the grace period that the request gives it begins now, not when nobody waits for the start any more.</summary>
    private void StopWhatStarts(ProjectRequest request)
    {
        foreach (var stop in PlanOf(request).Operations.Where(
            o => o.Kind == OperationKind.StopContainer && containers.GetValueOrDefault(o.ContainerId!)?.Phase == ContainerPhase.Starting))
        {
            Child(stop.ContainerId!).Tell(OrderOf(stop, OrderOfNobody));
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
