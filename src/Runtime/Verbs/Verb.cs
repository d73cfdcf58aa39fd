using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Verbs;

/// <summary>The verbs, by name.</summary>
internal static class Verb
{
    /// <summary>Where states of containers are kept when <c>--root</c> does not say.</summary>
    public const string DefaultRoot = "/run/devoxx-runtime";

    public static int Run(string[] args) => args switch
    {
        ["monitor", .. var rest] => MonitorVerb.Run(rest),
        ["exec", .. var rest] => ExecVerb.Run(DefaultRoot, rest),
        [] => throw new UsageException("a verb is missing"),
        [var verb, ..] => throw new UsageException($"no such verb: {verb}"),
    };
}
