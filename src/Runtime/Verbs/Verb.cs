using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Verbs;

/// <summary>The verbs, by name.</summary>
internal static class Verb
{
    public static int Run(string[] args) => args switch
    {
        ["monitor", .. var rest] => MonitorVerb.Run(rest),
        [] => throw new UsageException("a verb is missing"),
        [var verb, ..] => throw new UsageException($"no such verb: {verb}"),
    };
}
