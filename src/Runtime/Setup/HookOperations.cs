using System.Collections;
using Devoxx.Oci;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// The hooks that the child runs itself (runtime-spec, "POSIX-platform Hooks"): <c>createContainer</c> in the container's namespaces with the host's
/// files, <c>startContainer</c> with the container's.
/// </summary>
internal static unsafe class HookOperations
{
    /// <summary>Whether there is one of those that belong to the making of a container.</summary>
    public static bool Concern(Hooks? hooks) =>
        hooks is { Prestart.Count: > 0 } or { CreateRuntime.Count: > 0 } or { CreateContainer.Count: > 0 } or { StartContainer.Count: > 0 };

    /// <param name="kind">As config.json calls them.</param>
    /// <param name="stateFd">A descriptor that the state can be read from, from its beginning.</param>
    /// <param name="fifo">Where a failure is told when the runtime that made the container is gone: the slot of the fifo that <c>start</c> reads; null: over the pipe.</param>
    /// <param name="environment">For those that have none of their own; null: the runtime's.</param>
    /// <param name="filter">Of system calls, for the hooks alone; null: that of the process that runs them, if any.</param>
    public static void Build(
        OperationList operations, string kind, IReadOnlyList<Hook>? hooks, int stateFd, Argument? fifo = null, IReadOnlyList<string>? environment = null,
        SeccompProgram? filter = null)
    {
        for (var i = 0; i < (hooks?.Count ?? 0); i++)
        {
            var hook = hooks![i];
            var request = (HookRequest*)operations.Allocate(sizeof(HookRequest));
            request->Path = operations.Text(hook.Path);
            request->Arguments = operations.Texts(ArgumentsOf(hook));
            request->Environment = operations.Texts(hook.Env ?? environment ?? OwnEnvironment());
            request->StateFd = stateFd;
            request->TimeoutMs = TimeoutOf(hook);
            request->Filter = filter?.CopyTo(operations) ?? 0;
            operations.Add(
                OperationKind.RunHook, Name(kind, i), hook.Path, null, request,
                fifo is null ? 0 : operations.Text($"{HookFailed}{Name(kind, i)}: {hook.Path}: "), fifo ?? 0);
        }
    }

    /// <summary>What the message of a failed hook begins with in the fifo that <c>start</c> reads.</summary>
    public const char HookFailed = '!';

    /// <summary>How messages call a hook, as runc does.</summary>
    public static string Name(string kind, int index) => $"error running {kind} hook #{index}";

    public static IReadOnlyList<string> ArgumentsOf(Hook hook) => hook.Args is { Count: > 0 } given ? given : [hook.Path];

    /// <summary>Without any, the runtime's own, as runc has it.</summary>
    public static IReadOnlyList<string> EnvironmentOf(Hook hook) => hook.Env ?? OwnEnvironment();

    public static IReadOnlyList<string> OwnEnvironment()
    {
        var own = new List<string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            own.Add($"{entry.Key}={entry.Value}");
        }

        return own;
    }

    /// <summary>Milliseconds; −1: for ever.</summary>
    public static int TimeoutOf(Hook hook) => hook.Timeout switch
    {
        null or 0 => -1,
        < 0 => throw new SetupException($"hook {hook.Path}: a timeout of {hook.Timeout} seconds; it must be greater than zero"),
        > int.MaxValue / 1000 => -1,
        { } seconds => seconds * 1000,
    };

    private const int SIGSYS = 31;

    /// <summary>What came of a hook that failed, as <see cref="HookProcess"/> encodes it.</summary>
    public static string Outcome(int code) => code switch
    {
        HookProcess.TimedOut => "it was killed when its timeout had passed",
        >= HookProcess.Signalled => $"it was ended by {Native.Processes.Signal.Name(code - HookProcess.Signalled)}{(code - HookProcess.Signalled == SIGSYS ? ", bad system call" : "")}",
        >= HookProcess.Exited => $"exit status {code - HookProcess.Exited}",
        _ => Native.Errno.Text(code),
    };
}
