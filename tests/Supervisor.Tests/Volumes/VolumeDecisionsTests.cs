using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Tests.Volumes;

public sealed class VolumeDecisionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Subject Subject = new("shop", Volume: "shop_data");
    private static readonly ImageContent Content = new("sha256:1", ["/layer"], "/data");

    [Fact]
    public void Makes_a_missing_volume_before_it_is_used()
    {
        Assert.Equal(["create", "populate", "done"], Walk(VolumeState.Initial, Attach(Named(), Content), out var state));
        Assert.Equal((VolumePhase.Ready, "c1"), (state.Phase, state.Attached.Single()));
    }

    [Fact]
    public void Mounts_a_typed_volume_with_its_first_user_and_unmounts_it_with_its_last()
    {
        Assert.Equal(["create", "mount", "done"], Walk(VolumeState.Initial, Attach(Typed()), out var one));
        Assert.Equal(["done"], Walk(one, Attach(null, container: "c2"), out var two));
        Assert.Equal(["done"], Walk(two, Detach("c1"), out var last));
        Assert.Equal(VolumePhase.Mounted, last.Phase);
        Assert.Equal(["unmount", "done"], Walk(last, Detach("c2"), out var none));
        Assert.Equal(VolumePhase.Ready, none.Phase);
    }

    [Fact]
    public void Using_and_leaving_twice_is_using_and_leaving_once()
    {
        Walk(VolumeState.Initial, Attach(Named()), out var used);
        Assert.Empty(VolumeDecisions.Next(used, Attach(Named()), false, Subject, Now).Events);
        Walk(used, Detach("c1"), out var left);
        Assert.Empty(VolumeDecisions.Next(left, Detach("c1"), false, Subject, Now).Events);
    }

    [Fact]
    public void Refuses_to_be_used_when_it_must_exist_and_does_not()
    {
        Assert.Equal(["failed: volume shop_data does not exist"], Walk(VolumeState.Initial, Attach(null), out _));
    }

    [Fact]
    public void Refuses_to_go_while_somebody_uses_it()
    {
        Walk(VolumeState.Initial, Attach(Named(), container: "0123456789abcdef"), out var used);
        Assert.Equal(["failed: volume shop_data is in use by 0123456789ab"], Walk(used, Remove(), out var after));
        Assert.Equal(VolumePhase.Ready, after.Phase);
    }

    [Fact]
    public void Journals_the_intent_to_remove_before_removing()
    {
        Walk(VolumeState.Initial, new CreateVolume(1, Named(), ActorRefs.Nobody), out var there);
        var decision = VolumeDecisions.Next(there, Remove(), false, Subject, Now);

        Assert.IsType<VolumeRemoveRequested>(Assert.Single(decision.Events));
        Assert.Equal(VolumeStep.Remove, Assert.IsType<DoStep>(Assert.Single(decision.Effects)).Step);
        Assert.Equal(["remove", "done"], Walk(there, Remove(), out var gone));
        Assert.Equal(VolumePhase.Removed, gone.Phase);
    }

    [Fact]
    public void Leaves_what_is_there_with_the_same_options_and_refuses_others()
    {
        Walk(VolumeState.Initial, new CreateVolume(1, Named(), ActorRefs.Nobody), out var there);
        Assert.Equal(["done"], Walk(there, new CreateVolume(1, Named(), ActorRefs.Nobody), out _));
        Assert.StartsWith("failed: volume shop_data exists with other options", Walk(there, new CreateVolume(1, Typed(), ActorRefs.Nobody), out _).Single());
    }

    [Theory]
    [InlineData(VolumePhase.Creating, false, "create,done", VolumePhase.Ready)]
    [InlineData(VolumePhase.Mounting, true, "unmount,done", VolumePhase.Ready)]
    [InlineData(VolumePhase.Mounting, false, "done", VolumePhase.Ready)]
    [InlineData(VolumePhase.Mounted, true, "unmount,done", VolumePhase.Ready)]
    [InlineData(VolumePhase.Mounted, false, "done", VolumePhase.Ready)]
    [InlineData(VolumePhase.Unmounting, true, "unmount,done", VolumePhase.Ready)]
    [InlineData(VolumePhase.Removing, false, "remove,done", VolumePhase.Removed)]
    public void Recovery_finishes_or_undoes_what_was_half_done(VolumePhase phase, bool isMounted, string steps, VolumePhase then)
    {
        var state = VolumeState.Initial with { Phase = phase, Spec = Typed() };

        Assert.Equal(steps.Split(','), Walk(state, new SettleVolume(isMounted), out var after));
        Assert.Equal(then, after.Phase);
    }

    [Fact]
    public void Recovery_keeps_a_mount_that_is_there_and_in_use()
    {
        var state = VolumeState.Initial with { Phase = VolumePhase.Mounted, Spec = Typed(), Attached = ["c1"] };

        Assert.Empty(VolumeDecisions.Next(state, new SettleVolume(true), false, Subject, Now).Events);
    }

    [Fact]
    public void What_could_not_be_made_or_mounted_is_undone_and_has_an_outcome()
    {
        var creating = VolumeState.Initial.Apply(new VolumeCreateRequested(Subject, Now, Typed()));
        Assert.Equal(VolumeStep.Discard, Assert.IsType<DoStep>(Assert.Single(VolumeDecisions.Undo(creating, VolumeStep.Create, Subject, Now).Effects)).Step);
        var outcome = Assert.IsType<VolumeNotCreated>(VolumeDecisions.Outcome(VolumeStep.Discard, null, Attach(Typed()), "EIO", Subject, Now));
        Assert.Equal(("EIO", VolumePhase.Absent), (outcome.Error, creating.Apply(outcome).Phase));

        var mounting = creating.Apply(new VolumeCreated(Subject, Now)).Apply(new VolumeMountRequested(Subject, Now, "tmpfs", "/v", "tmpfs", ""));
        var unmount = VolumeDecisions.Undo(mounting, VolumeStep.Mount, Subject, Now);
        Assert.IsType<VolumeUnmountRequested>(Assert.Single(unmount.Events));
        Assert.Equal(VolumeStep.Unmount, Assert.IsType<DoStep>(Assert.Single(unmount.Effects)).Step);
        Assert.Empty(VolumeDecisions.Undo(mounting, VolumeStep.Populate, Subject, Now).Effects);
    }

    private static VolumeSpec Named() => new(
        "shop_data", VolumeKind.Named, "/v/shop_data/_data", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty);

    private static VolumeSpec Typed() => Named() with { Kind = VolumeKind.Typed, Options = ImmutableSortedDictionary<string, string>.Empty.Add("type", "tmpfs") };

    private static AttachVolume Attach(VolumeSpec? spec, ImageContent? content = null, string container = "c1") =>
        new("shop_data", spec, container, 1, content, ActorRefs.Nobody);

    private static DetachVolume Detach(string container) => new("shop_data", container, 1, ActorRefs.Nobody);

    private static RemoveVolume Remove() => new(1, "shop_data", "volume rm", ActorRefs.Nobody);

    /// <summary>Carries the goal out as the actor would, every step succeeding; returns the steps.</summary>
    private static string[] Walk(VolumeState state, IVolumeCommand goal, out VolumeState after)
    {
        var steps = new List<string>();
        var populated = false;
        after = state;
        while (true)
        {
            var decision = VolumeDecisions.Next(after, goal, populated, Subject, Now);
            after = decision.Events.Aggregate(after, (s, e) => s.Apply(e));
            switch (Assert.Single(decision.Effects))
            {
                case DoStep step:
                    steps.Add(step.Step.ToString().ToLowerInvariant());
                    populated |= step.Step == VolumeStep.Populate;
                    if (VolumeDecisions.Outcome(step.Step, null, goal, null, Subject, Now) is { } outcome)
                    {
                        after = after.Apply(outcome);
                    }

                    break;
                case GoalDone done:
                    steps.Add(done.Error is null ? "done" : "failed: " + done.Error);
                    return [.. steps];
            }
        }
    }
}
