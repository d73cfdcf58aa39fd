using Akka.Actor;
using Akka.Persistence;
using CsCheck;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>Actors on the journal, as the supervisor's are.</summary>
public sealed class PersistentActorTests : JournalTestKit
{
    [Fact]
    public void A_hundred_actors_that_write_at_once_all_find_their_events_again()
    {
        const int actors = 100, each = 20;
        foreach (var actor in Enumerable.Range(0, actors))
        {
            var reference = Start($"many-{actor}");
            for (var i = 0; i < each; i++)
            {
                reference.Tell(new Noted($"{actor}/{i}"));
            }

            reference.Tell("stop");
        }

        ReceiveN(actors * each, TimeSpan.FromSeconds(20));
        foreach (var actor in Enumerable.Range(0, actors))
        {
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{actor}/{i}"), Recovered($"many-{actor}"));
        }

        Assert.InRange(Database.Commits, 1, actors * each);
    }

    [Fact]
    public void An_actor_whose_write_fails_stops()
    {
        var first = Start("twice");
        var second = Start("twice", "other");
        second.Tell("get");
        Assert.Empty(ExpectMsg<List<string>>());
        first.Tell(new Noted("mine"));
        ExpectMsg<Noted>();

        // It does not know of the event that the first wrote, and uses its number again.
        Watch(second);
        second.Tell(new Noted("also mine"));
        ExpectTerminated(second);
        Assert.Equal(["mine"], Recovered("twice"));
    }

    [Fact]
    public void An_actor_whose_event_is_rejected_lives_and_has_not_applied_it()
    {
        var actor = Start("rejected");
        actor.Tell(new Unwritable());
        Assert.Contains("cannot be written", ExpectMsg<Status.Failure>().Cause.Message);
        actor.Tell(new Noted("good"));
        ExpectMsg<Noted>();
        Assert.Equal(["good"], Recovered("rejected"));
    }

    [Fact]
    public void An_actor_recovers_from_its_snapshot_and_the_events_after_it()
    {
        var actor = Start("snap");
        foreach (var text in (string[])["a", "b"])
        {
            actor.Tell(new Noted(text));
            ExpectMsg<Noted>();
        }

        actor.Tell("snapshot");
        ExpectMsg<SaveSnapshotSuccess>();
        actor.Tell(new Noted("c"));
        ExpectMsg<Noted>();
        Assert.Equal(["from a snapshot", "a", "b", "c"], Recovered("snap"));
    }

    [Fact]
    public async Task An_event_of_an_earlier_version_is_read_as_today_s()
    {
        Journal.Tell(new WriteMessages([new AtomicWrite(new Persistent(new Noted("seed"), 1, "old"))], TestActor, 1));
        ExpectMsg<WriteMessagesSuccessful>();
        ExpectMsg<WriteMessageSuccess>();
        Assert.Equal(1, await Database.Writer.WriteAsync(statements => statements.Execute(
            "UPDATE event_journal SET manifest = 'test.counted.v1', payload = $payload", ("$payload", "{\"number\":\"42\"}"u8.ToArray()))));
        Assert.Equal(["42 by nobody"], Recovered("old"));
    }

    [Fact]
    public async Task An_event_that_this_version_does_not_know_stops_the_actor_and_names_it()
    {
        Journal.Tell(new WriteMessages([new AtomicWrite(new Persistent(new Noted("seed"), 1, "new"))], TestActor, 1));
        ExpectMsg<WriteMessagesSuccessful>();
        ExpectMsg<WriteMessageSuccess>();
        Assert.Equal(1, await Database.Writer.WriteAsync(statements => statements.Execute("UPDATE event_journal SET manifest = 'test.noted.v9'")));

        var actor = Start("new");
        Watch(actor);
        Assert.Contains("'test.noted.v9' is not a payload that this devoxx-compose knows", ExpectMsg<Status.Failure>().Cause.Message);
        ExpectTerminated(actor);
    }

    [Fact]
    public async Task Payloads_are_readable_by_sqlite3_and_tagged_by_subject()
    {
        var actor = Start("readable");
        actor.Tell(new Noted("hello", "web"));
        ExpectMsg<Noted>();
        Assert.Equal(1, await Database.Writer.WriteAsync(statements => statements.Execute("""
            UPDATE event_journal SET is_deleted = 0 WHERE CAST(payload AS TEXT) = '{"text":"hello","service":"web"}'
              AND manifest = 'test.noted.v1' AND tags = ';project=shop;service=web;container=shop-web-1;'
              AND json_extract(CAST(payload AS TEXT), '$.text') = 'hello'
            """)));
    }

    // Any sequence of persisting, taking snapshots, deleting and restarting leaves an actor with what it was told.
    [Fact]
    public void Whatever_an_actor_does_it_finds_what_it_knew_after_a_restart()
    {
        var run = 0;
        Gen.Int[0, 9].Array[1, 25].Sample(
            steps =>
            {
                var id = $"model-{Interlocked.Increment(ref run)}";
                var known = new List<string>();
                var actor = Start(id);
                foreach (var (step, i) in steps.Select((step, i) => (step, i)))
                {
                    switch (step)
                    {
                        case < 6:
                            actor.Tell(new Noted($"{i}"));
                            ExpectMsg<Noted>();
                            known.Add($"{i}");
                            break;
                        case 6 when known.Count > 0:
                            actor.Tell("snapshot");
                            ExpectMsg<SaveSnapshotSuccess>();
                            break;
                        case 7 when known.Count > 0:
                            actor.Tell("snapshot and delete");
                            Assert.Equal(2, ReceiveN(2).Count(reply => reply is SaveSnapshotSuccess or DeleteMessagesSuccess));
                            break;
                        default:
                            Stop(actor);
                            actor = Start(id);
                            break;
                    }
                }

                Stop(actor);
                return Recovered(id).Where(text => text != "from a snapshot").SequenceEqual(known);
            },
            iter: 100, threads: 1);
    }

    private IActorRef Start(string id, string? name = null) =>
        Sys.ActorOf(Props.Create(() => new Notebook(id, TestActor)), name is null ? null : $"{id}-{name}");

    private List<string> Recovered(string id)
    {
        var actor = Start(id);
        actor.Tell("get");
        var texts = ExpectMsg<List<string>>();
        Stop(actor);
        return texts;
    }

    private void Stop(IActorRef actor)
    {
        Watch(actor);
        actor.Tell("stop");
        ExpectTerminated(actor);
    }

    private sealed class Notebook(string id, IActorRef owner) : UntypedPersistentActor
    {
        private readonly List<string> texts = [];

        public override string PersistenceId => id;

        protected override void OnRecover(object message)
        {
            if (message is SnapshotOffer { Snapshot: Remembered remembered })
            {
                texts.Add("from a snapshot");
                texts.AddRange(remembered.Text.Split(','));
            }
            else if (message is Noted or Counted)
            {
                Apply(message);
            }
        }

        protected override void OnCommand(object message)
        {
            switch (message)
            {
                case "stop":
                    Context.Stop(Self);
                    break;
                case "get":
                    owner.Tell(texts);
                    break;
                case "snapshot":
                    SaveSnapshot(State());
                    break;
                case "snapshot and delete":
                    SaveSnapshot(State());
                    DeleteMessages(LastSequenceNr);
                    break;
                case SaveSnapshotSuccess or DeleteMessagesSuccess or SaveSnapshotFailure:
                    owner.Tell(message);
                    break;
                default:
                    Persist(message, persisted =>
                    {
                        Apply(persisted);
                        owner.Tell(persisted);
                    });
                    break;
            }
        }

        protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => owner.Tell(new Status.Failure(cause));

        protected override void OnRecoveryFailure(Exception reason, object? message = null) => owner.Tell(new Status.Failure(reason));

        private Remembered State() => new(string.Join(',', texts.Where(text => text != "from a snapshot")));

        private void Apply(object message) => texts.Add(message switch
        {
            Noted noted => noted.Text,
            Counted counted => $"{counted.Number} by {counted.By}",
            _ => throw new InvalidOperationException(),
        });
    }
}
