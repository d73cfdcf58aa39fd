using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Oci.Names;
using Devoxx.Supervisor.Actors;

namespace Devoxx.Supervisor.Networks.Names;

/// <summary>
/// Tells the resolver what to answer, and sees to it that there is one as long as anybody asks: one that is killed is started anew at once, one that
/// nobody needs any more is ended. Its process is the business of ResolverActor.Process.cs, who is answered for by it that of ResolverActor.Answers.cs.
/// </summary>
internal sealed partial class ResolverActor : EventSourcedActor<ResolverState, IResolverEvent, ResolverEffect>, IWithTimers
{
    /// <summary>From a container's start to the word that its questions are answered.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A container that is restarted is back by then.</summary>
    private static readonly TimeSpan Unused = TimeSpan.FromMilliseconds(500);

    /// <summary>One that ends as soon as it has started is not started again at once.</summary>
    private static readonly TimeSpan TooSoon = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(500);

    private readonly SupervisorEnvironment environment;
    private readonly NamesDirectory directory;
    private readonly Dictionary<string, ServeNames> awaited = new(StringComparer.Ordinal);
    private readonly HashSet<string> served = new(StringComparer.Ordinal);
    private readonly HashSet<string> containers = new(StringComparer.Ordinal);
    private readonly HashSet<string> networks = new(StringComparer.Ordinal);
    private readonly List<(string Path, byte[]? Bytes)> unwritten = [];
    private Inotify? answers;
    private PidFd? process;
    private DateTimeOffset since;
    private bool listening;
    private bool writing;
    private bool starting;
    private bool ending;
    private bool looked;

    public ResolverActor(SupervisorEnvironment environment)
        : base("resolver", ResolverState.Initial)
    {
        this.environment = environment;
        directory = new NamesDirectory(environment.Root.NamesDirectory);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override string? Doing =>
        !looked ? "is looked for"
        : starting ? "is being started"
        : writing || unwritten.Count > 0 ? "is told what to answer"
        : awaited.Count > 0 ? "is about to answer a container"
        : ending || (process is not null && served.Count == 0) ? "is to end, for nobody needs it"
        : null;

    protected override ResolverState Apply(ResolverState state, IResolverEvent @event) => state.Apply(@event);

    /// <summary>What there is is looked at first. Left for <see cref="Serving"/> when it has been.</summary>
    protected override void OnRecovered() => Look();

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case SeenResolver seen:
                looked = true;
                served.UnionWith(seen.Live);
                containers.UnionWith(seen.Containers);
                networks.UnionWith(seen.Networks);
                Become(Serving);
                Stash.UnstashAll();
                Take(seen);
                break;
            case Failed failed:
                looked = true;
                Context.GetLogger().Error("names: {0}", failed.Error);
                Become(Serving);
                Stash.UnstashAll();
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    protected override void PostStop()
    {
        process?.Dispose();
        answers?.Dispose();
        base.PostStop();
    }

    protected override void Perform(ResolverEffect effect)
    {
        switch (effect)
        {
            case ResolverEffect.Watch:
                Watch();
                break;
            case ResolverEffect.StartIfNeeded when process is null && !starting && (served.Count > 0 || awaited.Count > 0):
                var early = environment.Now - since < TooSoon;
                starting = true;
                Timers.StartSingleTimer("start", new StartNow(), early ? Pause : TimeSpan.Zero);
                break;
        }
    }

    /// <summary>Whoever is to be served is. Never left.</summary>
    private void Serving(object message)
    {
        switch (message)
        {
            case ServeNames c:
                Serve(c);
                break;
            case EndNames c:
                End(c.ContainerId);
                break;
            case ForgetNames c:
                Forget(c.ContainerId);
                break;
            case KeepNames c:
                foreach (var id in containers.Except(c.Containers).ToList())
                {
                    Forget(id);
                }

                if (c.AtRest && served.Count == 0 && awaited.Count == 0)
                {
                    // Nobody is about to be restarted: it need not be waited for.
                    EndProcess();
                }

                break;
            case SetZone c:
                networks.Add(c.Zone.Id);
                Put(directory.Zone(c.Zone.Id), JsonSerializer.SerializeToUtf8Bytes(c.Zone, NamesJson.Default.NetworkZone));
                break;
            case RemoveZone c:
                networks.Remove(c.NetworkId);
                Put(directory.Zone(c.NetworkId), null);
                break;
            case KeepZones c:
                foreach (var id in networks.Except(c.NetworkIds).ToList())
                {
                    networks.Remove(id);
                    Put(directory.Zone(id), null);
                }

                break;
            case Written written:
                writing = false;
                if (written.Error is { } error)
                {
                    FailAll(error);
                }

                Flush();
                break;
            case AnswersChanged changed:
                Listen(changed.Error);
                break;
            case NotAnswered late when awaited.TryGetValue(late.ContainerId, out var command) && command.Client.Run == late.Run:
                Reply(command, $"the resolver did not begin to answer within {Patience.TotalSeconds:0} s; see {directory.Log}");
                break;
            case StartNow:
                environment.Kernel.Run(() => ResolverProcess.Start(environment.RuntimeStart, directory))
                    .PipeTo(Self, failure: e => new NotStarted(e.Message));
                break;
            case StartedResolver started:
                starting = false;
                (process, since) = (started.PidFd, environment.Now);
                Carry(ResolverDecisions.Seen(State, started.Identity, environment.Now));
                // Who needed it may have ended meanwhile.
                EndSoonIfUnused();
                break;
            case NotStarted failed:
                starting = false;
                since = environment.Now;
                FailAll(failed.Error);
                break;
            case SeenResolver seen:
                Take(seen);
                break;
            case Failed failed:
                Context.GetLogger().Error("names: {0}", failed.Error);
                break;
            case ResolverGone:
                Gone();
                break;
            case EndIfUnused when served.Count == 0 && awaited.Count == 0:
                EndProcess();
                break;
            case EndIfUnused or NotAnswered:
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    private void Serve(ServeNames command)
    {
        var id = command.Client.ContainerId;
        containers.Add(id);
        served.Add(id);
        if (!command.ReplyTo.IsNobody())
        {
            awaited[id] = command;
            Timers.StartSingleTimer(id, new NotAnswered(id, command.Client.Run), Patience);
            if (!listening)
            {
                listening = true;
                environment.Kernel.Run(() => ResolverProcess.Prepare(directory)).PipeTo(Self, success: _ => new AnswersChanged(null), failure: e => new AnswersChanged(e.Message));
            }
        }

        Put(directory.Client(id), JsonSerializer.SerializeToUtf8Bytes(command.Client, NamesJson.Default.ResolverClient));
        Perform(ResolverEffect.StartIfNeeded);
    }

    private void End(string id)
    {
        Timers.Cancel(id);
        awaited.Remove(id);

        // Of a run that was over before this supervisor came, too: nobody is served, and there is its file.
        if (served.Remove(id) || containers.Contains(id))
        {
            Put(directory.Client(id), null);
        }

        EndSoonIfUnused();
    }

    private void Forget(string id)
    {
        End(id);
        containers.Remove(id);
        if (containers.Count == 0 && served.Count == 0 && awaited.Count == 0)
        {
            // Also when it was of an earlier supervisor, which had no time to end it.
            EndProcess();
        }
    }

    private void Put(string path, byte[]? bytes)
    {
        unwritten.RemoveAll(file => file.Path == path);
        unwritten.Add((path, bytes));
        Flush();
    }

    /// <summary>One batch at a time: what changes meanwhile goes into the next together.</summary>
    private void Flush()
    {
        if (writing || unwritten.Count == 0)
        {
            return;
        }

        writing = true;
        List<(string, byte[]?)> batch = [.. unwritten];
        unwritten.Clear();
        environment.Kernel.Run(() => ResolverProcess.Write(directory, batch)).PipeTo(Self, success: _ => new Written(null), failure: e => new Written(e.Message));
    }

    private sealed record Written(string? Error);

    private sealed record StartNow;

    private sealed record NotStarted(string Error);

    private sealed record Failed(string Error);
}
