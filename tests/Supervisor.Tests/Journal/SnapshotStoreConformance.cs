using Akka.Actor;
using Akka.Persistence;
using Akka.TestKit;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>The cases of Akka's SnapshotStoreSpec and SnapshotStoreSaveSnapshotSpec (Akka.Persistence.TCK 1.5), written anew.</summary>
public sealed class SnapshotStoreConformance : JournalTestKit
{
    private readonly TestProbe sender;
    private readonly List<SnapshotMetadata> saved = [];

    public SnapshotStoreConformance()
    {
        sender = CreateTestProbe();
        for (var i = 1; i <= 5; i++)
        {
            saved.Add(Save(i + 10, new Remembered($"s-{i}")));
        }
    }

    [Fact]
    public void Does_not_load_a_snapshot_of_an_unknown_actor() => Loads(null, SnapshotSelectionCriteria.Latest, pid: "never-was");

    [Fact]
    public void Does_not_load_a_snapshot_outside_the_time_asked_for() =>
        Loads(null, new SnapshotSelectionCriteria(long.MaxValue, new DateTime(100000)));

    [Fact]
    public void Does_not_load_a_snapshot_outside_the_sequence_numbers_asked_for()
    {
        Loads(null, new SnapshotSelectionCriteria(7));
        Loads(null, SnapshotSelectionCriteria.Latest, to: 7);
    }

    [Fact]
    public void Loads_the_most_recent_snapshot() => Loads(5, SnapshotSelectionCriteria.Latest);

    [Fact]
    public void Loads_the_most_recent_snapshot_up_to_a_sequence_number()
    {
        Loads(3, new SnapshotSelectionCriteria(13));
        Loads(3, SnapshotSelectionCriteria.Latest, to: 13);
    }

    [Fact]
    public void Loads_the_most_recent_snapshot_up_to_a_sequence_number_and_a_time()
    {
        Loads(3, new SnapshotSelectionCriteria(13, saved[2].Timestamp));
        Loads(3, new SnapshotSelectionCriteria(long.MaxValue, saved[2].Timestamp), to: 13);
    }

    [Fact]
    public void Deletes_one_snapshot_by_its_sequence_number()
    {
        Delete(new SnapshotMetadata(Pid, 13, saved[2].Timestamp));
        Loads(2, new SnapshotSelectionCriteria(13));
        Loads(5, SnapshotSelectionCriteria.Latest);
    }

    [Fact]
    public void Deletes_one_snapshot_whose_time_is_not_given()
    {
        Delete(new SnapshotMetadata(Pid, 13, DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)));
        Loads(2, new SnapshotSelectionCriteria(13));
    }

    [Fact]
    public void Does_not_delete_a_snapshot_that_is_newer_than_the_time_given()
    {
        Delete(new SnapshotMetadata(Pid, 13, saved[2].Timestamp - TimeSpan.FromSeconds(2)));
        Loads(3, new SnapshotSelectionCriteria(13));
    }

    [Fact]
    public void Deletes_all_snapshots_up_to_a_sequence_number_and_a_time()
    {
        var subscriber = CreateTestProbe();
        Sys.EventStream.Subscribe(subscriber.Ref, typeof(DeleteSnapshots));
        var command = new DeleteSnapshots(Pid, new SnapshotSelectionCriteria(13, saved[2].Timestamp));
        SnapshotStore.Tell(command, sender.Ref);

        subscriber.ExpectMsg(command);
        sender.ExpectMsg<DeleteSnapshotsSuccess>();
        Loads(null, new SnapshotSelectionCriteria(13, saved[2].Timestamp));
        Loads(4, new SnapshotSelectionCriteria(14, saved[3].Timestamp));
    }

    [Fact]
    public void Does_not_delete_snapshots_outside_the_time_given()
    {
        var criteria = new SnapshotSelectionCriteria(14, saved[3].Timestamp - TimeSpan.FromTicks(1));
        SnapshotStore.Tell(new DeleteSnapshots(Pid, criteria), sender.Ref);

        Assert.Equal(criteria, sender.ExpectMsg<DeleteSnapshotsSuccess>().Criteria);
        Loads(4, new SnapshotSelectionCriteria(14, saved[3].Timestamp));
    }

    [Fact]
    public void Does_not_delete_snapshots_of_another_actor()
    {
        SnapshotStore.Tell(new DeleteSnapshots("other", SnapshotSelectionCriteria.Latest), sender.Ref);
        sender.ExpectMsg<DeleteSnapshotsSuccess>();
        Loads(5, SnapshotSelectionCriteria.Latest);
    }

    [Fact]
    public void Saves_over_a_snapshot_with_the_same_sequence_number()
    {
        Assert.Equal(15, Save(15, new Remembered("changed")).SequenceNr);
        Assert.Equal(new Remembered("changed"), Load(new SnapshotSelectionCriteria(15))!.Snapshot);
    }

    [Fact]
    public void Saves_snapshots_in_quick_succession_with_the_same_sequence_number_and_keeps_the_last()
    {
        for (var i = 0; i < 50; i++)
        {
            SnapshotStore.Tell(new SaveSnapshot(new SnapshotMetadata(Pid, 20, DateTime.UtcNow), new Remembered($"{i}")), sender.Ref);
        }

        sender.ReceiveN(50).ToList().ForEach(reply => Assert.IsType<SaveSnapshotSuccess>(reply));
        Assert.Equal(new Remembered("49"), Load(SnapshotSelectionCriteria.Latest)!.Snapshot);
    }

    [Fact]
    public void Saves_a_large_snapshot()
    {
        var bytes = new byte[1_000_000];
        new Random(1).NextBytes(bytes);
        Save(100, new Weighty(bytes));
        Assert.Equal(bytes, ((Weighty)Load(SnapshotSelectionCriteria.Latest)!.Snapshot).Bytes);
    }

    [Fact]
    public void Serializes_snapshots()
    {
        Save(100, new Remembered("ä \"quoted\" line\n"));
        var loaded = Load(SnapshotSelectionCriteria.Latest)!;
        Assert.Equal((Pid, 100L), (loaded.Metadata.PersistenceId, loaded.Metadata.SequenceNr));
        Assert.Equal(new Remembered("ä \"quoted\" line\n"), loaded.Snapshot);
    }

    [Fact]
    public void Fails_to_save_what_cannot_be_serialized_and_says_why()
    {
        SnapshotStore.Tell(new SaveSnapshot(new SnapshotMetadata(Pid, 100, DateTime.UtcNow), new Unregistered()), sender.Ref);
        Assert.Contains("Unregistered is not registered", sender.ExpectMsg<SaveSnapshotFailure>().Cause.Message);
    }

    private SnapshotMetadata Save(long number, object snapshot)
    {
        var metadata = new SnapshotMetadata(Pid, number, DateTime.UtcNow);
        SnapshotStore.Tell(new SaveSnapshot(metadata, snapshot), sender.Ref);
        var success = sender.ExpectMsg<SaveSnapshotSuccess>().Metadata;
        Assert.Equal(metadata, success);
        return success;
    }

    private void Delete(SnapshotMetadata metadata)
    {
        var subscriber = CreateTestProbe();
        Sys.EventStream.Subscribe(subscriber.Ref, typeof(DeleteSnapshot));
        var command = new DeleteSnapshot(metadata);
        SnapshotStore.Tell(command, sender.Ref);
        subscriber.ExpectMsg(command);
        sender.ExpectMsg<DeleteSnapshotSuccess>();
    }

    private void Loads(int? number, SnapshotSelectionCriteria criteria, long to = long.MaxValue, string? pid = null)
    {
        var loaded = Load(criteria, to, pid);
        if (number is { } expected)
        {
            Assert.Equal((saved[expected - 1], new Remembered($"s-{expected}")), (loaded?.Metadata, loaded?.Snapshot));
        }
        else
        {
            Assert.Null(loaded);
        }
    }

    private SelectedSnapshot? Load(SnapshotSelectionCriteria criteria, long to = long.MaxValue, string? pid = null)
    {
        SnapshotStore.Tell(new LoadSnapshot(pid ?? Pid, criteria, to), sender.Ref);
        var result = sender.ExpectMsg<LoadSnapshotResult>();
        Assert.Equal(to, result.ToSequenceNr);
        return result.Snapshot;
    }
}
