using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary>The verbs, by name.</summary>
internal static class Verb
{
    /// <summary>Those that make a process in a container.</summary>
    public static bool Enters(string[] args) => args is ["monitor" or "create" or "run" or "exec", ..];

    /// <summary>What we end with when a verb has failed: 1, and for <c>exec</c>, whose command may end with any number, what <see cref="ExecVerb.FailureCode"/> says.</summary>
    public static int FailureCode(string[] args, string kind) => args is ["exec", .. var rest] ? ExecVerb.FailureCode(rest, kind) : FailureKind.ExitCode(kind);

    public static int Run(GlobalOptions options, string[] args) => args switch
    {
        [var verb, "-h" or "--help", ..] => HelpVerb.Run(verb),
        ["monitor", .. var rest] => MonitorVerb.Run(rest),
        ["resolver", .. var rest] => ResolverVerb.Run(rest),
        ["create", .. var rest] => CreateVerb.Run(options, rest),
        ["run", .. var rest] => RunVerb.Run(options, rest),
        ["start", .. var rest] => StartVerb.Run(options, rest),
        ["state", .. var rest] => StateVerb.Run(options, rest),
        ["kill", .. var rest] => KillVerb.Run(options, rest),
        ["delete", .. var rest] => DeleteVerb.Run(options, rest),
        ["exec", .. var rest] => ExecVerb.Run(options, rest),
        ["list", .. var rest] => ListVerb.Run(options, rest),
        ["ps", .. var rest] => PsVerb.Run(options, rest),
        ["pause", .. var rest] => PauseVerb.Run(options, rest, freeze: true),
        ["resume", .. var rest] => PauseVerb.Run(options, rest, freeze: false),
        ["events", .. var rest] => EventsVerb.Run(options, rest),
        ["checkpoint" or "restore", ..] => throw new UsageException($"{args[0]} is not supported: containers are not frozen to disk"),
        ["update", .. var rest] => UpdateVerb.Run(options, rest),
        ["copy-up", .. var rest] => CopyUpVerb.Run(rest),
        ["spec", .. var rest] => SpecVerb.Run(rest),
        ["features", ..] => FeaturesVerb.Run(),
        ["version", ..] => VersionVerb.Run(),
        ["help", ..] => HelpVerb.Run(),
        [] => throw new UsageException("a verb is missing; see devoxx-runtime help"),
        [var verb, ..] => throw new UsageException($"no such verb: {verb}; see devoxx-runtime help"),
    };
}
