using Akka.Actor;
using Devoxx.Images;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Journal;
using Devoxx.Supervisor.Tests.Journal;

namespace Devoxx.Supervisor.Tests.Wiring;

/// <summary>The supervisor's own actors on a real journal, below the test as their parent. Needs root: they change the real host.</summary>
public abstract class WiringTestKit : Akka.TestKit.Xunit.TestKit
{
    private readonly OnJournal onJournal;
    private int generation;

    protected WiringTestKit() : this(new OnJournal())
    {
    }

    private WiringTestKit(OnJournal onJournal) : base(onJournal.System)
    {
        this.onJournal = onJournal;
        Environment = onJournal.Environment;
    }

    internal SupervisorEnvironment Environment { get; set; }

    /// <summary>An actor as its parent would have it, the parent being the test; the same again is the next life of it.</summary>
    internal IActorRef Child<T>(Func<T> create) where T : ActorBase
    {
        var name = $"parent-{generation++}";
        var parent = Sys.ActorOf(Producer<Parent>.Props(() => new Parent(TestActor, Producer<T>.Props(create))), name);
        parent.Tell("child", TestActor);
        return ExpectMsg<IActorRef>();
    }

    /// <summary>Ends an actor as a killed process would: without a word to it.</summary>
    internal void Kill(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
    }

    protected override void AfterAll()
    {
        // Verified: what still runs would open the journal again when it is gone.
        Shutdown(Sys, TimeSpan.FromSeconds(10), verifySystemShutdown: true);
        base.AfterAll();
        AfterActors();
        onJournal.Dispose();
    }

    /// <summary>What the test has made that the actors must not see go.</summary>
    protected virtual void AfterActors()
    {
    }

    private sealed class Parent(IActorRef test, Props child) : UntypedActor
    {
        private readonly IActorRef child = Context.ActorOf(child, "child");

        protected override void OnReceive(object message)
        {
            if (message is "child")
            {
                Sender.Tell(child);
            }
            else
            {
                test.Forward(message);
            }
        }
    }

    private sealed class OnJournal : IDisposable
    {
        private readonly TemporaryDirectory directory = new();
        private readonly JournalDatabase database;

        public OnJournal()
        {
            database = JournalDatabase.Open(directory["journal.db"]);
            System = JournalConfig.StartSystem("test", database, EventCatalog.Types, "akka.loglevel = OFF");
            var root = StateRoot.At(directory["root"]);
            Environment = new SupervisorEnvironment(
                root, "/nonexistent", new KernelThreads(2), new Reactor(), CgroupHost.Detect(), ImageStore.Open(root.ImagesDirectory), TimeProvider.System);
        }

        public ActorSystem System { get; }

        public SupervisorEnvironment Environment { get; }

        public void Dispose()
        {
            Environment.Kernel.Dispose();
            Environment.Reactor.Dispose();
            Environment.Images.Dispose();
            Cgroup.OpenExisting(Environment.Cgroups, Environment.Root.CgroupParent)?.Remove();
            database.Dispose();
            directory.Dispose();
        }
    }
}
