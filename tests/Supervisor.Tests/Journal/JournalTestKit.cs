using Akka.Actor;
using Akka.Persistence;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>An actor system on a real journal in a directory of its own.</summary>
public abstract class JournalTestKit : Akka.TestKit.Xunit.TestKit
{
    private static int number;
    private readonly OpenJournal journal;

    protected JournalTestKit(string hocon = "") : this(new OpenJournal(hocon))
    {
    }

    private JournalTestKit(OpenJournal journal) : base(journal.System)
    {
        this.journal = journal;
        Pid = $"p-{Interlocked.Increment(ref number)}";
    }

    protected string Pid { get; }

    protected JournalDatabase Database => journal.Database;

    protected IActorRef Journal => Persistence.Instance.Apply(Sys).JournalFor(null);

    protected IActorRef SnapshotStore => Persistence.Instance.Apply(Sys).SnapshotStoreFor(null);

    protected override void AfterAll()
    {
        base.AfterAll();
        journal.Dispose();
    }

    private sealed class OpenJournal : IDisposable
    {
        private readonly TemporaryDirectory directory = new();

        public OpenJournal(string hocon)
        {
            Database = JournalDatabase.Open(directory["journal.db"]);
            System = JournalConfig.StartSystem("test", Database, TestEvents.Types, $"akka.persistence.publish-plugin-commands = on\nakka.loglevel = OFF\n{hocon}");
        }

        public JournalDatabase Database { get; }

        public ActorSystem System { get; }

        public void Dispose()
        {
            Database.Dispose();
            directory.Dispose();
        }
    }
}
