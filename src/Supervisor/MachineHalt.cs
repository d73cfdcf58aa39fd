using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Projects;

namespace Devoxx.Supervisor;

/// <summary>
/// The machine stops. Who is about to be killed with everything else is asked to end first, as its stop_grace_period and pre_stop have it, dependants
/// before what they depend on. Restart policies bring containers back at the next start of the supervisor.
/// </summary>
internal static class MachineHalt
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For killing, counting and writing down, beyond what containers have themselves.</summary>
    private static readonly TimeSpan Besides = TimeSpan.FromSeconds(30);

    /// <param name="stopping">Told how long it may take.</param>
    public static async Task StopContainersAsync(IActorRef supervisor, Action<TimeSpan>? stopping)
    {
        ImmutableArray<string> projects = [.. (await AskAsync<ImmutableDictionary<string, ProjectSummary>>(supervisor, new GetProjects()).ConfigureAwait(false))?.Keys ?? []];
        var states = await Task.WhenAll(projects.Select(project => AskAsync<IReadOnlyList<ContainerState>>(supervisor, new GetContainerStates(project)))).ConfigureAwait(false);
        stopping?.Invoke(MostFor(states.SelectMany(s => s ?? [])));
        await Task.WhenAll(projects.Select(project => HaltAsync(supervisor, project))).ConfigureAwait(false);
    }

    /// <summary>As if each waited for the one before: an upper bound. Pure.</summary>
    internal static TimeSpan MostFor(IEnumerable<ContainerState> containers) => containers
        .Where(c => c.Phase is ContainerPhase.Starting or ContainerPhase.Running or ContainerPhase.Stopping)
        .Aggregate(Besides, (sum, c) => sum + c.Spec!.StopGracePeriod + (ContainerHooks.MostOfStop * ContainerHooks.Of(c.Spec, Hooks.HookStage.PreStop).Length));

    /// <returns>Null: it has not answered in time, which the log says. The others are not kept from ending by that.</returns>
    private static async Task<T?> AskAsync<T>(IActorRef supervisor, object question)
        where T : class
    {
        try
        {
            return await supervisor.Ask<T>(question, QueryTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            await Console.Error.WriteLineAsync($"the machine stops, and {question} was not answered within {InWords.Span(QueryTimeout)}").ConfigureAwait(false);
            return null;
        }
    }

    private static async Task HaltAsync(IActorRef supervisor, string project)
    {
        var output = Channel.CreateUnbounded<ControlLine>();
        supervisor.Tell(new HaltProject(project, output.Writer));
        await foreach (var line in output.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            foreach (var error in line.Outcome?.Errors ?? [])
            {
                await Console.Error.WriteLineAsync($"{project}: {error}").ConfigureAwait(false);
            }
        }
    }
}
