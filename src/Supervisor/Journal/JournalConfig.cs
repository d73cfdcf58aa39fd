using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Serialization;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Journal;

/// <summary>How an actor system is told of the journal.</summary>
public static class JournalConfig
{
    /// <summary>
    /// Starts an actor system on an open journal. It does not close the journal: that is for whoever opened it, after the
    /// system has terminated.
    /// </summary>
    /// <param name="hocon">Configuration that goes before <see cref="Hocon"/>.</param>
    /// <example><code>
    /// using var journal = JournalDatabase.Open(path);
    /// var system = JournalConfig.StartSystem("devoxx", journal, types);
    /// …
    /// await system.Terminate();
    /// </code></example>
    /// <remarks>
    /// Not by <c>ActorSystem.Create(name, setup)</c>: that one reads an <c>app.config</c> even when it is given a
    /// configuration (akka.net 1.5, ActorSystem.cs), which costs time, and fails when compiled ahead of time.
    /// </remarks>
    public static ActorSystem StartSystem(string name, JournalDatabase database, EventTypes types, string hocon = "")
    {
        var config = ConfigurationFactory.ParseString(hocon.Length == 0 ? Hocon : Hocon + "\n" + hocon);
        var system = new ActorSystemImpl(name, config, Setup(database, types));
        system.Start();

        // Here and now: made by the first of many persistent actors, the extension keeps the others blocking the thread
        // pool that it needs itself, for seconds.
        var persistence = Persistence.Instance.Apply(system);
        persistence.SnapshotStoreFor(null);
        persistence.JournalFor(null);
        return system;
    }

    /// <summary>The journal and what its payloads are, for a system that is made otherwise (a test's).</summary>
    public static ActorSystemSetup Setup(JournalDatabase database, EventTypes types) =>
        ActorSystemSetup.Create(Serializers(types), new JournalSetup(database));

    /// <summary>Binds <see cref="EventSerializer"/> to everything that could come to be serialized.</summary>
    private static SerializationSetup Serializers(EventTypes types) =>
        SerializationSetup.Create(system =>
            ImmutableHashSet.Create(SerializerDetails.Create("devoxx", new EventSerializer(system, types), ImmutableHashSet.Create(typeof(object)))));

    /// <summary>
    /// Quick to start (no remoting, loggers not waited for, nothing parsed that is not used) and quiet.
    /// </summary>
    /// <remarks>
    /// The replay filter tells writers apart by an id that these tables have no column for; that there is only one writer
    /// is the supervisor's lock. The circuit breaker closes again soon: a disk that was full has space again at once.
    /// </remarks>
    public const string Hocon = """
        akka {
          loggers = ["Devoxx.Supervisor.Journal.StderrLogger, Devoxx.Supervisor"]
          loglevel = WARNING
          stdout-loglevel = OFF
          logger-async-start = on
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          log-serializer-override-on-start = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          coordinated-shutdown.run-by-actor-system-terminate = off
          scheduler.implementation = "Devoxx.Supervisor.Actors.TimerScheduler, Devoxx.Supervisor"
          actor.default-dispatcher.throughput = 50
          persistence {
            max-concurrent-recoveries = 256
            journal {
              plugin = "akka.persistence.journal.sqlite"
              auto-start-journals = ["akka.persistence.journal.sqlite"]
              sqlite {
                class = "Devoxx.Supervisor.Journal.SqliteJournal, Devoxx.Supervisor"
                plugin-dispatcher = "akka.actor.default-dispatcher"
                replay-dispatcher = "akka.actor.default-dispatcher"
                replay-filter.mode = off
                recovery-event-timeout = 30s
                circuit-breaker { max-failures = 10, call-timeout = 20s, reset-timeout = 1s }
              }
            }
            snapshot-store {
              plugin = "akka.persistence.snapshot-store.sqlite"
              auto-start-snapshot-stores = ["akka.persistence.snapshot-store.sqlite"]
              sqlite {
                class = "Devoxx.Supervisor.Journal.SqliteSnapshotStore, Devoxx.Supervisor"
                plugin-dispatcher = "akka.actor.default-dispatcher"
                circuit-breaker { max-failures = 10, call-timeout = 20s, reset-timeout = 1s }
              }
            }
          }
        }
        """;

    internal static JournalDatabase DatabaseOf(ActorSystem system) =>
        system.Settings.Setup.Get<JournalSetup>() is { HasValue: true, Value: var setup }
            ? setup.Database
            : throw new ConfigurationException("The actor system was made without JournalConfig.Setup, so that it has no journal.");

    private sealed class JournalSetup(JournalDatabase database) : Akka.Actor.Setup.Setup
    {
        public JournalDatabase Database => database;
    }
}
