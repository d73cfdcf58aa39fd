using Devoxx.Native;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Verbs;

GlobalOptions? options = null;
try
{
    options = GlobalOptions.Parse(args, out var rest);
    Failure.OpenLog(options);
    if (Verb.Enters(rest))
    {
        SealedExecutable.RestartUnlessSealed("devoxx-runtime", args);
        ProcessName.Set("devoxx-runtime");
    }

    return Verb.Run(options, rest);
}
catch (SetupException e)
{
    Failure.Print(e.Message, options);
    return FailureKind.ExitCode(e.Kind);
}
catch (Exception e) when (e is UsageException or LinuxException or CgroupLimitException or CgroupBusyException or IOException or FormatException
    or UnauthorizedAccessException or DllNotFoundException or ArgumentException or InvalidOperationException)
{
    Failure.Print(e.Message, options);
    return 1;
}
