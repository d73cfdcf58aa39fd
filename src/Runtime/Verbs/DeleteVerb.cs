using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Lifecycle;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>delete [--force] ID</c>. With force one that is gone already is no error.</summary>
internal static class DeleteVerb
{
    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, [], ["f=force"]);
        var (id, force) = (parsed.Single("container id"), parsed.Has("force"));
        Container container;
        try
        {
            container = Container.Open(options.Root, id);
        }
        catch (SetupException) when (force)
        {
            DeleteRun.HalfMade(new StateDirectory(options.Root, id));
            return 0;
        }

        DeleteRun.Run(container, force);
        return 0;
    }
}
