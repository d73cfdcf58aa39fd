using System.Globalization;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;
using RestartPolicy = Devoxx.Supervisor.Containers.RestartPolicy;

namespace Devoxx.Supervisor.Planning;

/// <summary>
/// A service's restart policy: <c>deploy.restart_policy</c>, or where there is none <c>restart</c>, and over it
/// <c>x-devoxx.restart</c>. Pure.
/// </summary>
internal static class RestartPolicies
{
    /// <exception cref="FormatException">A policy that is none; the message says what there is.</exception>
    public static RestartPolicy Of(Service service)
    {
        var policy = service.Deploy?.RestartPolicy is { } deployed ? Deployed(deployed) : Plain(service.Restart ?? "no");
        return DevoxxExtension.Of(service).Restart is { } extension ? Extended(policy, extension) : policy;
    }

    private static RestartPolicy Deployed(Compose.RestartPolicy deployed)
    {
        var condition = deployed.Condition switch
        {
            // The reference also takes the words of `restart`.
            "none" or "no" => RestartCondition.No,
            "on-failure" => RestartCondition.OnFailure,
            "any" or "always" or null or "" => RestartCondition.Always,
            "unless-stopped" => RestartCondition.UnlessStopped,
            var other => throw new FormatException($"deploy.restart_policy.condition: {other} is not known; it is none, on-failure or any"),
        };
        var policy = RestartPolicy.Of(condition, (int?)deployed.MaxAttempts) with { Origin = "deploy.restart_policy" };
        if (deployed.Delay is { } delay)
        {
            policy = policy with { Delay = delay, MaxDelay = delay, Factor = 1 };
        }

        return deployed.Window is { } window && window > TimeSpan.Zero ? policy with { ResetAfter = window }
            // Without a window nothing tells a restart that succeeded from one that did not: all count.
            : deployed.MaxAttempts is not null ? policy with { ResetAfter = RestartPolicy.Never }
            : policy;
    }

    private static RestartPolicy Plain(string text)
    {
        var parts = text.Split(':', 2);
        var most = parts.Length == 1 ? (int?)null
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count
            : throw new FormatException($"restart: {text}: after the colon stands how many times, e.g. on-failure:3");
        return parts[0] switch
        {
            "no" or "" when most is null => RestartPolicy.No,
            "always" when most is null => RestartPolicy.Of(RestartCondition.Always),
            "unless-stopped" when most is null => RestartPolicy.Of(RestartCondition.UnlessStopped),
            "on-failure" => RestartPolicy.Of(RestartCondition.OnFailure, most is 0 ? null : most),
            _ => throw new FormatException($"restart: {text} is not known; it is no, always, on-failure, on-failure:N or unless-stopped"),
        };
    }

    private static RestartPolicy Extended(RestartPolicy policy, RestartExtension extension)
    {
        var first = extension.Base ?? policy.Delay;
        var most = extension.Cap ?? policy.MaxDelay;
        return policy with
        {
            Delay = extension.Cap is { } cap && extension.Base is null && first > cap ? cap : first,
            MaxDelay = most > first || extension.Cap is not null ? most : first,
            Factor = extension.Factor ?? (policy.Origin is not null && extension.Base is not null ? 2 : policy.Factor),
            Jitter = extension.Jitter ?? policy.Jitter,
            ResetAfter = extension.ResetAfter ?? policy.ResetAfter,
            SuccessExitCodes = extension.SuccessExitCodes ?? policy.SuccessExitCodes,
            PermanentExitCodes = extension.PermanentFailureExitCodes ?? policy.PermanentExitCodes,
            OnUnhealthy = extension.OnUnhealthy switch
            {
                "restart" => UnhealthyAction.Restart,
                "stop" => UnhealthyAction.Stop,
                _ => UnhealthyAction.None,
            },
        };
    }
}
