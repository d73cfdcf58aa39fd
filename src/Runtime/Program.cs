using Devoxx.Native;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Verbs;

GlobalOptions? options = null;
string[] verb = [];
try
{
    options = GlobalOptions.Parse(args, out verb);
    Failure.OpenLog(options);
    if (Verb.Enters(verb))
    {
        SealedExecutable.RestartUnlessSealed("devoxx-runtime", args);
        ProcessName.Set("devoxx-runtime");
    }

    return Verb.Run(options, verb);
}
catch (SetupException e)
{
    Failure.Print(e.Message, options);
    return Verb.FailureCode(verb, e.Kind);
}
catch (Exception e) when (e is UsageException or LinuxException or CgroupLimitException or CgroupBusyException or IOException or FormatException
    or UnauthorizedAccessException or DllNotFoundException or ArgumentException or InvalidOperationException)
{
    Failure.Print(e.Message, options);
    return Verb.FailureCode(verb, FailureKind.Setup);
}
