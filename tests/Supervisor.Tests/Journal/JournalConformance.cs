using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.TestKit;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>
/// The cases of Akka's JournalSpec (Akka.Persistence.TCK 1.5), written anew from their names, on the real database. The
/// one thing that differs from the in-memory journal: these tables have no column for the writer's id.
/// </summary>
public sealed class JournalConformance : JournalTestKit
{
    private const int Instance = 1;
    private static readonly string Writer = Guid.NewGuid().ToString();
    private readonly TestProbe receiver;

    public JournalConformance()
    {
        receiver = CreateTestProbe();
        var sender = CreateTestProbe();

        // a-1, a-2, a-3 alone, a-4 and a-5 in one atomic write.
        Journal.Tell(new WriteMessages(
            [Write(1), Write(2), Write(3), new AtomicWrite(ImmutableList.Create<IPersistentRepresentation>(Message(4), Message(5)))],
            sender.Ref, Instance));
        sender.ExpectMsg<WriteMessagesSuccessful>();
        for (var i = 1; i <= 5; i++)
        {
            var written = sender.ExpectMsg<WriteMessageSuccess>();
            Assert.Equal((new Noted($"a-{i}"), (long)i, Pid), (written.Persistent.Payload, written.Persistent.SequenceNr, written.Persistent.PersistenceId));
        }
    }

    [Fact]
    public void Replays_all_messages() => Replays(1, long.MaxValue, long.MaxValue, 1, 2, 3, 4, 5);

    [Fact]
    public void Replays_messages_using_a_lower_sequence_number_bound() => Replays(3, long.MaxValue, long.MaxValue, 3, 4, 5);

    [Fact]
    public void Replays_messages_using_an_upper_sequence_number_bound() => Replays(1, 3, long.MaxValue, 1, 2, 3);

    [Fact]
    public void Replays_messages_using_a_count_limit() => Replays(1, long.MaxValue, 3, 1, 2, 3);

    [Fact]
    public void Replays_messages_using_a_lower_and_upper_sequence_number_bound() => Replays(2, 3, long.MaxValue, 2, 3);

    [Fact]
    public void Replays_messages_using_a_lower_and_upper_sequence_number_bound_and_a_count_limit() => Replays(2, 5, 2, 2, 3);

    [Fact]
    public void Replays_a_single_message_if_the_lower_sequence_number_bound_equals_the_upper() => Replays(2, 2, long.MaxValue, 2);

    [Fact]
    public void Replays_a_single_message_if_the_count_limit_is_one() => Replays(2, 4, 1, 2);

    [Fact]
    public void Does_not_replay_messages_if_the_count_limit_is_zero() => Replays(2, 4, 0);

    [Fact]
    public void Does_not_replay_messages_if_the_lower_sequence_number_bound_is_greater_than_the_upper() => Replays(3, 2, long.MaxValue);

    [Fact]
    public void Does_not_replay_messages_if_the_actor_has_not_written_any()
    {
        Journal.Tell(new ReplayMessages(0, long.MaxValue, long.MaxValue, "never-was", receiver.Ref));
        Assert.Equal(0, receiver.ExpectMsg<RecoverySuccess>().HighestSequenceNr);
    }

    [Fact]
    public void Does_not_replay_permanently_deleted_messages()
    {
        var deleter = CreateTestProbe();
        var subscriber = CreateTestProbe();
        Sys.EventStream.Subscribe(subscriber.Ref, typeof(DeleteMessagesTo));

        Journal.Tell(new DeleteMessagesTo(Pid, 3, deleter.Ref));

        subscriber.ExpectMsg<DeleteMessagesTo>(message => message.PersistenceId == Pid && message.ToSequenceNr == 3);
        Assert.Equal(3, deleter.ExpectMsg<DeleteMessagesSuccess>().ToSequenceNr);
        Replays(1, long.MaxValue, long.MaxValue, 4, 5);
        deleter.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Does_not_reset_the_highest_sequence_number_after_a_deletion()
    {
        Replays(0, long.MaxValue, long.MaxValue, 1, 2, 3, 4, 5);
        Journal.Tell(new DeleteMessagesTo(Pid, 3, receiver.Ref));
        Assert.Equal(3, receiver.ExpectMsg<DeleteMessagesSuccess>().ToSequenceNr);
        Replays(0, long.MaxValue, long.MaxValue, 4, 5);
    }

    [Fact]
    public void Does_not_reset_the_highest_sequence_number_after_a_cleanup()
    {
        Replays(0, long.MaxValue, long.MaxValue, 1, 2, 3, 4, 5);
        Journal.Tell(new DeleteMessagesTo(Pid, long.MaxValue, receiver.Ref));
        Assert.Equal(long.MaxValue, receiver.ExpectMsg<DeleteMessagesSuccess>().ToSequenceNr);
        Replays(0, long.MaxValue, long.MaxValue);
    }

    [Fact]
    public void Serializes_events()
    {
        var probe = CreateTestProbe();
        var happened = new Noted("ä \"quoted\" line\n", "web");
        Journal.Tell(new WriteMessages([new AtomicWrite(new Persistent(happened, 6, Pid, sender: ActorRefs.NoSender, writerGuid: Writer))], probe.Ref, Instance));

        probe.ExpectMsg<WriteMessagesSuccessful>();
        var written = probe.ExpectMsg<WriteMessageSuccess>().Persistent;
        Assert.Equal((happened, 6L, Pid, Writer), (written.Payload, written.SequenceNr, written.PersistenceId, written.WriterGuid));

        Journal.Tell(new ReplayMessages(6, long.MaxValue, long.MaxValue, Pid, receiver.Ref));
        var replayed = receiver.ExpectMsg<ReplayedMessage>().Persistent;
        Assert.Equal((happened, 6L, Pid), (replayed.Payload, replayed.SequenceNr, replayed.PersistenceId));
        Assert.True(replayed.Sender.IsNobody() || replayed.Sender.Equals(Sys.DeadLetters));
        Assert.InRange(replayed.Timestamp, DateTime.UtcNow.AddMinutes(-1).Ticks, DateTime.UtcNow.Ticks);
        Assert.Equal(6, receiver.ExpectMsg<RecoverySuccess>().HighestSequenceNr);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rejects_an_event_that_cannot_be_serialized_and_writes_the_others(bool isRegistered)
    {
        var probe = CreateTestProbe();
        object bad = isRegistered ? new Unwritable() : new Unregistered();
        Journal.Tell(new WriteMessages(
            [.. new object[] { new Noted("a-6"), bad, new Noted("a-8") }.Select((payload, i) =>
                new AtomicWrite(new Persistent(payload, 6 + i, Pid, sender: ActorRefs.NoSender, writerGuid: Writer)))],
            probe.Ref, Instance));

        probe.ExpectMsg<WriteMessagesSuccessful>();
        Assert.Equal(6, probe.ExpectMsg<WriteMessageSuccess>().Persistent.SequenceNr);
        var rejected = probe.ExpectMsg<WriteMessageRejected>();
        Assert.Equal((7L, bad), (rejected.Persistent.SequenceNr, rejected.Persistent.Payload));
        Assert.Contains(isRegistered ? "cannot be written" : "Unregistered is not registered", rejected.Cause.Message);
        Assert.Equal(8, probe.ExpectMsg<WriteMessageSuccess>().Persistent.SequenceNr);
        Replays(6, long.MaxValue, long.MaxValue, 6, 8);
    }

    [Fact]
    public void Rejects_all_of_an_atomic_write_if_one_of_its_events_cannot_be_serialized()
    {
        var probe = CreateTestProbe();
        Journal.Tell(new WriteMessages(
            [new AtomicWrite(ImmutableList.Create<IPersistentRepresentation>(Message(6), new Persistent(new Unwritable(), 7, Pid)))],
            probe.Ref, Instance));

        probe.ExpectMsg<WriteMessagesSuccessful>();
        probe.ExpectMsg<WriteMessageRejected>();
        probe.ExpectMsg<WriteMessageRejected>();
        Replays(6, long.MaxValue, long.MaxValue);
    }

    [Fact]
    public void Fails_a_write_that_uses_a_sequence_number_again_and_writes_nothing_of_it()
    {
        var probe = CreateTestProbe();
        Journal.Tell(new WriteMessages([Write(6), Write(5)], probe.Ref, Instance));

        var failed = probe.ExpectMsg<WriteMessagesFailed>();
        Assert.Contains("UNIQUE", failed.Cause.Message);
        probe.ExpectMsg<WriteMessageFailure>();
        probe.ExpectMsg<WriteMessageFailure>();
        Journal.Tell(new ReplayMessages(6, long.MaxValue, long.MaxValue, Pid, receiver.Ref));
        Assert.Equal(5, receiver.ExpectMsg<RecoverySuccess>().HighestSequenceNr);
    }

    private void Replays(long from, long to, long max, params long[] numbers)
    {
        Journal.Tell(new ReplayMessages(from, to, max, Pid, receiver.Ref));
        foreach (var number in numbers)
        {
            var replayed = receiver.ExpectMsg<ReplayedMessage>().Persistent;
            Assert.Equal((new Noted($"a-{number}"), number, Pid, false),
                (replayed.Payload, replayed.SequenceNr, replayed.PersistenceId, replayed.IsDeleted));
        }

        Assert.Equal(numbers.Append(5).Max(), receiver.ExpectMsg<RecoverySuccess>().HighestSequenceNr);
    }

    private AtomicWrite Write(long number) => new(Message(number));

    private Persistent Message(long number) => new(new Noted($"a-{number}"), number, Pid, sender: ActorRefs.NoSender, writerGuid: Writer);
}
