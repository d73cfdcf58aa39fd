using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Hooks;

namespace Devoxx.Supervisor.Planning;

/// <summary>From <c>post_start</c> and <c>pre_stop</c> to what is run in a container. Pure.</summary>
internal static class ServiceHooks
{
    /// <exception cref="FormatException">A hook says nothing of what to run.</exception>
    public static ImmutableArray<HookSpec>? Of(string key, ImmutableArray<Hook> hooks) => hooks.IsEmpty ? null :
    [
        .. hooks.Select((hook, index) => new HookSpec(
            hook.Command is { IsEmpty: false } command ? command : throw new FormatException($"{key}[{index}] does not say what to run; add `command:`"),
            string.IsNullOrEmpty(hook.User) ? null : hook.User,
            hook.Privileged,
            hook.WorkingDir is not { Length: > 0 } directory ? null
                : directory.StartsWith('/') ? directory : throw new FormatException($"{key}[{index}].working_dir: {directory} is not an absolute path"),
            hook.Environment.IsEmpty ? null : [.. hook.Environment.Where(e => e.Value is not null).Select(e => $"{e.Key}={e.Value}")])),
    ];
}
