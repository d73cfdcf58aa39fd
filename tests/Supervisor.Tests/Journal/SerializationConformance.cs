using System.Text;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Serialization;
using Akka.TestKit;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>
/// The cases of Akka's JournalSerializationSpec and SnapshotStoreSerializationSpec (Akka.Persistence.TCK 1.5), written
/// anew: payloads of other serializers than ours, as a journal taken over from Akka.Persistence.Sqlite may hold them.
/// </summary>
public sealed class SerializationConformance() : JournalTestKit($$"""
    akka.actor {
      serializers {
        by-type = "{{typeof(ByType).AssemblyQualifiedName}}"
        by-name = "{{typeof(ByName).AssemblyQualifiedName}}"
      }
      serialization-bindings {
        "{{typeof(Typed).AssemblyQualifiedName}}" = by-type
        "{{typeof(Named).AssemblyQualifiedName}}" = by-name
      }
    }
    akka.persistence.journal.sqlite {
      event-adapters { adapter = "{{typeof(Adapter).AssemblyQualifiedName}}" }
      event-adapter-bindings { "{{typeof(Adapted).AssemblyQualifiedName}}" = adapter }
    }
    """)
{
    [Fact]
    public void Serializes_an_event_by_type() => Assert.Equal(new Typed(".a."), WriteAndReplay(new Typed("a")).Payload);

    [Fact]
    public void Serializes_an_event_by_string_manifest()
    {
        var replayed = WriteAndReplay(new Named("b"));
        Assert.Equal((new Named(".b."), "named-v2"), (replayed.Payload, replayed.Manifest));
    }

    [Fact]
    public void Serializes_what_an_event_adapter_makes_of_an_event() =>
        Assert.Equal(new Noted("c"), WriteAndReplay(new Adapted("c")).Payload);

    [Fact]
    public void Keeps_the_tags_that_an_event_adapter_gives()
    {
        WriteAndReplay(new Adapted("c"));
        using var log = new Devoxx.Supervisor.EventLog.EventLogReader(Database.Path, TestEvents.Types);
        Assert.Equal("c", Assert.Single(log.Read(new() { Filters = [new("service", "adapted")] })).Payload.GetProperty("text").GetString());
    }

    [Fact]
    public void Serializes_a_snapshot_by_type() => Assert.Equal(new Typed(".a."), SaveAndLoad(new Typed("a")));

    [Fact]
    public void Serializes_a_snapshot_by_string_manifest() => Assert.Equal(new Named(".a."), SaveAndLoad(new Named("a")));

    [Fact]
    public void Serializes_a_snapshot_of_at_least_once_delivery()
    {
        var snapshot = new AtLeastOnceDeliverySnapshot(17,
            [new UnconfirmedDelivery(1, TestActor.Path, new Noted("a")), new UnconfirmedDelivery(2, TestActor.Path, new Noted("b"))]);
        Assert.Equal(snapshot, SaveAndLoad(snapshot));
    }

    [Fact]
    public void Serializes_a_snapshot_of_at_least_once_delivery_with_nothing_unconfirmed()
    {
        var snapshot = new AtLeastOnceDeliverySnapshot(13, []);
        Assert.Equal(snapshot, SaveAndLoad(snapshot));
    }

    private IPersistentRepresentation WriteAndReplay(object payload)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new WriteMessages([new AtomicWrite(new Persistent(payload, 1, Pid))], probe.Ref, 1));
        probe.ExpectMsg<WriteMessagesSuccessful>();
        probe.ExpectMsg<WriteMessageSuccess>();

        Journal.Tell(new ReplayMessages(0, long.MaxValue, long.MaxValue, Pid, probe.Ref));
        var replayed = probe.ExpectMsg<ReplayedMessage>().Persistent;
        probe.ExpectMsg<RecoverySuccess>();
        return replayed;
    }

    private object SaveAndLoad(object snapshot)
    {
        var probe = CreateTestProbe();
        SnapshotStore.Tell(new SaveSnapshot(new SnapshotMetadata(Pid, 1, DateTime.UtcNow), snapshot), probe.Ref);
        probe.ExpectMsg<SaveSnapshotSuccess>();
        SnapshotStore.Tell(new LoadSnapshot(Pid, SnapshotSelectionCriteria.Latest, long.MaxValue), probe.Ref);
        return probe.ExpectMsg<LoadSnapshotResult>().Snapshot.Snapshot;
    }

    public sealed record Typed(string Text);

    public sealed record Named(string Text);

    public sealed record Adapted(string Text);

    public sealed class ByType(ExtendedActorSystem system) : Serializer(system)
    {
        public override int Identifier => 77123;

        public override bool IncludeManifest => true;

        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes($".{((Typed)obj).Text}");

        public override object FromBinary(byte[] bytes, Type type) =>
            type == typeof(Typed) ? new Typed($"{Encoding.UTF8.GetString(bytes)}.") : throw new ArgumentException(type.Name);
    }

    public sealed class ByName(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 77125;

        public override string Manifest(object o) => "named-v2";

        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes($".{((Named)obj).Text}");

        public override object FromBinary(byte[] bytes, string manifest) =>
            manifest == "named-v2" ? new Named($"{Encoding.UTF8.GetString(bytes)}.") : throw new ArgumentException(manifest);
    }

    public sealed class Adapter : IWriteEventAdapter
    {
        public string Manifest(object evt) => "";

        public object ToJournal(object evt) => new Tagged(new Noted(((Adapted)evt).Text), ["service=adapted"]);
    }
}
