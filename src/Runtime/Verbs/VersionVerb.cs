using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>--version</c>, in the form that engines parse.</summary>
internal static class VersionVerb
{
    public const string Version = "0.1.0";

    public static int Run()
    {
        Failure.Write(1, $"devoxx-runtime version {Version}\nspec: {StateFile.OciVersion}\n");
        return 0;
    }
}
