using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Oci;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Planning;

/// <summary>A service's <c>healthcheck</c> over its image's, each value by itself, as dockerd merges them. Pure.</summary>
internal static class HealthSpecs
{
    private static readonly ImmutableArray<string> DefaultShell = ["/bin/sh", "-c"];

    /// <summary>Null: health is not probed.</summary>
    /// <exception cref="FormatException">A test that is none, or a pace for a time that there is not.</exception>
    public static HealthSpec? Of(Service service, ImageConfig image)
    {
        var (own, inherited) = (service.Healthcheck, image.Healthcheck);
        if (own is { Disable: true })
        {
            return null;
        }

        ImmutableArray<string> test = own is { Test.IsEmpty: false } ? own.Test : [.. inherited?.Test ?? []];
        if (Command(test, image) is not { } command)
        {
            return null;
        }

        // As the reference has it; but the time may be the image's.
        if (Given(own?.StartInterval, null) is not null && Given(own?.StartPeriod, inherited?.StartPeriod) is null)
        {
            throw new FormatException(
                "healthcheck.start_interval requires healthcheck.start_period to be set: it is how often to check during that time, e.g. start_period: 30s");
        }

        var defaults = new HealthSpec(command);
        return defaults with
        {
            Interval = Given(own?.Interval, inherited?.Interval) ?? defaults.Interval,
            Timeout = Given(own?.Timeout, inherited?.Timeout) ?? defaults.Timeout,
            StartPeriod = Given(own?.StartPeriod, inherited?.StartPeriod) ?? defaults.StartPeriod,
            StartInterval = Given(own?.StartInterval, inherited?.StartInterval) ?? defaults.StartInterval,
            Retries = (int?)(own?.Retries is > 0 ? own.Retries : inherited?.Retries is > 0 ? inherited.Retries : null) ?? defaults.Retries,
        };
    }

    private static ImmutableArray<string>? Command(ImmutableArray<string> test, ImageConfig image) => test switch
    {
        [] or ["NONE", ..] => null,
        ["CMD", _, ..] => test[1..],
        ["CMD-SHELL", var text, ..] => (image.Shell is { Count: > 0 } shell ? [.. shell] : DefaultShell).Add(text),
        ["CMD" or "CMD-SHELL"] => throw new FormatException($"healthcheck.test: nothing stands behind {test[0]}; say what to execute, e.g. [\"CMD\", \"/bin/true\"]"),
        _ => throw new FormatException($"healthcheck.test: begins with {test[0]}; a list begins with CMD, CMD-SHELL or NONE"),
    };

    /// <summary>Zero is as good as nothing: the default.</summary>
    private static TimeSpan? Given(TimeSpan? own, long? nanoseconds) =>
        own is { } given && given > TimeSpan.Zero ? given
        : nanoseconds is > 0 and var ns ? TimeSpan.FromTicks(Math.Max(1, ns / TimeSpan.NanosecondsPerTick))
        : null;
}
