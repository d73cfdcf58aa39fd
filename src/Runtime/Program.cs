using Devoxx.Native;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Verbs;

try
{
    return Verb.Run(args);
}
catch (UsageException e)
{
    Failure.Print(e.Message);
    return 1;
}
catch (SetupException e)
{
    Failure.Print(e.Message);
    return FailureKind.ExitCode(e.Kind);
}
catch (Exception e) when (e is LinuxException or IOException or FormatException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
{
    Failure.Print(e.Message);
    return 1;
}
