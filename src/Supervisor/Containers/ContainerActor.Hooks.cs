using Akka.Actor;
using Devoxx.Supervisor.Hooks;

namespace Devoxx.Supervisor.Containers;

/// <summary>The hook that is under way.</summary>
internal sealed partial class ContainerActor
{
    private CancellationTokenSource? hooking;

    /// <param name="again">An earlier supervisor may have begun it.</param>
    private void BeginHook(int run, bool again)
    {
        if (State.Hook is not { } hook || hook.Run != run)
        {
            return;
        }

        var (parent, name) = (Context.Parent, $"{hook.Run}.{InWords.Stage(hook.Stage)}.{hook.Index}");
        hooking ??= new CancellationTokenSource();
        HookRun.RunAsync(
                ContainerHooks.Of(State.Spec!, hook.Stage)[hook.Index], id, name, hook.Timeout, again, environment,
                line => parent.Tell(new HookOutput(id, line)), hooking.Token)
            .PipeTo(Self, success: result => new HookFinished(hook.Run, hook.Stage, hook.Index, result));
    }

    /// <summary>What ran in the container has ended with it; a runtime that has been stopped (SIGSTOP) has not.</summary>
    private void EndHooks()
    {
        hooking?.CancelAfter(PatienceWithMonitor);
        hooking = null;
    }
}

/// <summary>Sent up: a line that a hook has written.</summary>
internal sealed record HookOutput(string ContainerId, string Line);
