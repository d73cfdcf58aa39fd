using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>
/// Where a plan replaces the replicas of a service as <c>deploy.update_config</c> has it: batch after batch, with what is to be
/// done when a replica fails, and when too many do, in the plan from the beginning.
/// </summary>
public sealed partial class UpPlanner
{
    private sealed record ServiceUpdate(
        string Name, Service Service, UpdateConfig Config, PlannedImage Image, string Hash, ImmutableArray<int> Mounts, StartNeeds Needs);

    /// <summary>One container in the place of another.</summary>
    /// <param name="Steps">The operations of which one fails if it does.</param>
    /// <param name="Last">The last of them.</param>
    private sealed record Replacement(ContainerSpec Old, ContainerSpec New, ImmutableArray<int> Steps, int Start, int Last);

    /// <summary>Containers of a number that another, which is as wanted, has as well: an update was interrupted before they went.</summary>
    private static ImmutableArray<ObservedContainer> LeftBehind(ImmutableArray<ObservedContainer> all, ImmutableDictionary<ObservedContainer, string?> kept) =>
        [.. all.Where(c => !kept.ContainsKey(c) && kept.Any(k => k.Value is null && k.Key.Spec.Number == c.Spec.Number))];

    private bool IsUpdatedInBatches(Service service, ObservedContainer container) =>
        service.Deploy?.UpdateConfig is not null && !wish.NoStart && container.Phase != ContainerPhase.Removing && !discarded.ContainsKey(container.Id);

    private void Update(
        ServiceUpdate update, ImmutableDictionary<ObservedContainer, string?> kept, ImmutableArray<ObservedContainer> leftBehind, ImmutableArray<int>.Builder started)
    {
        DiscardLeftBehind(kept, leftBehind, started);
        var stale = kept.Where(k => k.Value is not null && IsUpdatedInBatches(update.Service, k.Key)).OrderBy(k => k.Key.Spec.Number).ToImmutableArray();
        if (stale.IsEmpty)
        {
            return;
        }

        if (update.Config.FailureAction is not (null or "" or "pause" or "continue" or "rollback"))
        {
            plan.Errors.Add($"service {update.Name}: deploy.update_config.failure_action: {update.Config.FailureAction} is not known; it is pause, continue or rollback");
            return;
        }

        plan.Updates[update.Name] = stale[0].Value!;
        var batches = stale.Chunk(Size(update.Config, stale.Length)).ToImmutableArray();
        var startFirst = IsStartFirst(update.Config, update);
        var replaced = new List<(int Batch, Replacement Replacement)>();
        var steps = new List<int>();
        foreach (var batch in batches)
        {
            int[] go = steps.Count == 0 ? [] : [steps[^1]];
            foreach (var (old, because) in batch)
            {
                if (SpecOf(update.Name, update.Service, old.Spec.Number, update.Image, update.Hash, old) is not { } spec)
                {
                    return;
                }

                renewed.Add(spec.Name);
                var after = go.Concat(update.Mounts).ToImmutableArray();
                var replacement = Replace(old.Spec, old.IsActive, spec, because!, startFirst, update.Config.Monitor, after, [], update.Needs);
                replaced.Add((steps.Count, replacement));
                started.Add(replacement.Start);
            }

            steps.Add(Continue(update.Name, update.Config, steps.Count + 1, batches.Length, stale.Length, go, [.. replaced.SelectMany(r => r.Replacement.Steps)], []));
        }

        if (update.Config.FailureAction == "rollback")
        {
            RollBack(update, replaced, steps, startFirst);
        }
    }

    /// <summary>What has been replaced until too many failed is replaced by what it was before.</summary>
    private void RollBack(ServiceUpdate update, List<(int Batch, Replacement Replacement)> replaced, List<int> steps, bool updatedStartFirst)
    {
        var config = update.Service.Deploy!.RollbackConfig ?? new UpdateConfig();
        var startFirst = IsStartFirst(config, update);
        var because = $"the update of {update.Name} failed";
        var done = new List<int>();
        int[] go = [];
        var chunks = replaced.Chunk(Size(config, replaced.Count)).ToImmutableArray();
        for (var i = 0; i < chunks.Length; i++)
        {
            foreach (var (batch, replacement) in chunks[i])
            {
                // Started first, one that fails goes by itself, and the old one is still there.
                ImmutableArray<int> after = updatedStartFirst ? [.. go, replacement.Last] : [.. go];
                done.AddRange(Replace(
                    replacement.New, wasActive: true, Again(replacement.Old, newId()), because, startFirst, config.Monitor, after, [.. steps.Skip(batch)], update.Needs).Steps);
            }

            if (i < chunks.Length - 1)
            {
                go = [Continue(update.Name, config, i + 1, chunks.Length, replaced.Count, go, [.. done], [.. steps])];
            }
        }
    }

    private Replacement Replace(
        ContainerSpec old, bool wasActive, ContainerSpec @new, string because, bool startFirst, TimeSpan? monitor,
        ImmutableArray<int> after, ImmutableArray<int> ifFailed, StartNeeds needs)
    {
        Operation Tolerably(OperationKind kind, ContainerSpec spec, params ImmutableArray<int> afterThese) =>
            new(0, kind, spec.Name, because, afterThese) { ContainerId = spec.Id, Tolerable = true };
        int Start(int created) => plan.Add(Tolerably(OperationKind.StartContainer, @new, [created, .. needs.After]) with
        {
            AfterSettled = needs.Settled, When = needs.When, Ungated = wish.NoDeps, StartedBy = StartedBy.Up,
        });
        int Await(int started) => plan.Add(Tolerably(OperationKind.AwaitContainer, @new, started) with
        {
            Condition = ReplicaCondition.Replaced, Monitor = monitor ?? TimeSpan.Zero,
        });

        if (!startFirst)
        {
            var stopped = plan.Add(new Operation(0, OperationKind.StopContainer, old.Name, because, [.. after, .. FollowersOf(old.Service)])
            {
                ContainerId = old.Id, Grace = wish.StopGrace, IfFailed = ifFailed,
            });
            var removed = plan.Remove(old, because, [stopped]);
            var created = plan.Create(@new, because, [removed]);
            var started = Start(created);
            var ready = Await(started);
            return new Replacement(old, @new, [stopped, removed, created, started, ready], started, ready);
        }

        var aside = $"{old.Id[..12]}_{@new.Name}";
        var renamed = plan.Add(new Operation(0, OperationKind.RenameContainer, old.Name, because, after) { ContainerId = old.Id, NewName = aside, IfFailed = ifFailed });
        var createdFirst = plan.Create(@new, because, [renamed]);
        var startedFirst = Start(createdFirst);
        var readyFirst = Await(startedFirst);
        var oldStopped = wasActive ? plan.Stop(old, because, wish.StopGrace, [readyFirst]) : readyFirst;
        var oldRemoved = plan.Remove(old, because, [oldStopped]);

        // It does not come up: the old one stays, under its own name.
        ImmutableArray<int> failure = [startedFirst, readyFirst];
        var failed = "it failed to take the place of another";
        var newStopped = plan.Add(new Operation(0, OperationKind.StopContainer, @new.Name, failed, [createdFirst])
        {
            ContainerId = @new.Id, Grace = wish.StopGrace, IfFailed = failure,
        });
        var newRemoved = plan.Remove(@new, failed, [newStopped]);
        plan.Add(new Operation(0, OperationKind.RenameContainer, aside, failed, [newRemoved]) { ContainerId = old.Id, NewName = @new.Name });
        return new Replacement(old, @new, [renamed, createdFirst, startedFirst, readyFirst, oldStopped, oldRemoved], startedFirst, oldRemoved);
    }

    private int Continue(
        string service, UpdateConfig config, int batch, int batches, int replicas, int[] after, ImmutableArray<int> settled, ImmutableArray<int> ifFailed)
    {
        var tolerated = config.FailureAction == "continue" ? replicas : (int)Math.Floor((config.MaxFailureRatio ?? 0) * replicas + 1e-9);
        var step = new UpdateStep(
            batch, batches, replicas, tolerated, batch < batches ? config.Delay ?? TimeSpan.Zero : TimeSpan.Zero, config.FailureAction ?? "pause");
        return plan.Add(new Operation(0, OperationKind.ContinueUpdate, service, "update_config", [.. after])
        {
            AfterSettled = [.. settled.Distinct()], IfFailed = ifFailed, Step = step,
        });
    }

    private void DiscardLeftBehind(
        ImmutableDictionary<ObservedContainer, string?> kept, ImmutableArray<ObservedContainer> leftBehind, ImmutableArray<int>.Builder started)
    {
        foreach (var left in leftBehind)
        {
            var twin = kept.Keys.First(k => k.Spec.Number == left.Spec.Number);
            var start = plan.Operations.FirstOrDefault(o => o.Kind == OperationKind.StartContainer && o.ContainerId == twin.Id)?.Id;
            const string because = "an update was interrupted before it went";
            int[] ready = wish.NoStart ? [] : [plan.Await(twin.Spec, ReplicaCondition.Ready, because, start is { } s ? [s] : [])];
            int[] stop = left.IsActive ? [plan.Stop(left.Spec, because, wish.StopGrace, ready)] : ready;
            plan.Remove(left.Spec, because, stop);
        }
    }

    /// <summary>An update that was interrupted may have left a container under a name that made way for another.</summary>
    private void GiveNameBack(string serviceName, Service service, ObservedContainer existing)
    {
        var name = ContainerSpecs.NameOf(project, serviceName, service, existing.Spec.Number);
        if (existing.Name == $"{existing.Id[..12]}_{name}")
        {
            plan.Add(new Operation(0, OperationKind.RenameContainer, existing.Name, "an update was interrupted", []) { ContainerId = existing.Id, NewName = name });
        }
    }

    /// <summary>Two that publish the same port of the host cannot run at once.</summary>
    private bool IsStartFirst(UpdateConfig config, ServiceUpdate update)
    {
        if (config.Order != "start-first")
        {
            return false;
        }

        if (update.Service.Ports.FirstOrDefault(p => !string.IsNullOrEmpty(p.Published) && !p.Published.Contains('-')) is not { } port)
        {
            return true;
        }

        plan.Warnings.Add(
            $"service {update.Name}: order: start-first needs two replicas at once, and only one of them could have port {port.Published} of this machine: each is stopped before the next one starts");
        return false;
    }

    /// <summary>As <see cref="ContainerSpec"/> once was, in a container of its own.</summary>
    private static ContainerSpec Again(ContainerSpec spec, string id) =>
        spec with { Id = id, Hostname = spec.Hostname == spec.Id[..12] ? id[..12] : spec.Hostname };

    /// <summary>One at a time unless said otherwise; 0: all at once.</summary>
    private static int Size(UpdateConfig config, int all) => config.Parallelism switch
    {
        null => 1,
        0 => Math.Max(1, all),
        { } some => (int)Math.Min(some, all),
    };
}
