using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Lifecycle;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>start ID</c>.</summary>
internal static class StartVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        StartRun.Run(Container.Open(options.Root, Arguments.Parse(args, [], []).Single("container id")));
        return 0;
    }
}
