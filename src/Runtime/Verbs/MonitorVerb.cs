using Devoxx.Native;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Monitor;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary>
/// <c>monitor --root DIR --bundle DIR --status-fd N [--log-max-size BYTES --log-max-file N | --log-driver none] [--terminal] [--stdin] [--hold-output]
/// [--runtime PATH --runtime-root DIR] ID</c>: makes a container, or has another runtime make it, keeps its output, and records its exit.
/// </summary>
internal static class MonitorVerb
{
    public static int Run(ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(
            args, ["root", "b=bundle", "status-fd", "log-max-size", "log-max-file", "log-driver", "runtime", "runtime-root"], ["terminal", "stdin", "hold-output"]);
        var status = (int)(parsed.Number("status-fd") ?? -1);
        IgnoreSignals();
        MonitorRun? run = null;
        try
        {
            var driver = parsed.Value("log-driver") ?? "file";
            if (driver is not ("file" or "none"))
            {
                throw new UsageException($"--log-driver: '{driver}' is neither file nor none");
            }

            run = new MonitorRun(new MonitorOptions(
                parsed.Single("container id"), parsed.Require("root"), parsed.Require("bundle"), status, driver == "file",
                parsed.Number("log-max-size") ?? 0, (int)Math.Min(parsed.Number("log-max-file") ?? 1, 1000), parsed.Has("terminal"), parsed.Has("stdin"),
                parsed.Has("hold-output"), parsed.Value("runtime") is { } runtime ? new ForeignRuntime(runtime, parsed.Require("runtime-root")) : null));
            run.Run();
            return 0;
        }
        catch (Exception e) when (run is not { HasStarted: true })
        {
            StatusLine.Write(status, MonitorJson.Failed(e.Message, (e as SetupException)?.Kind ?? FailureKind.Setup));
            throw;
        }
    }

    // A monitor ends with its container and not before: not with a session, not by ^C, and not by the TERM that a shutdown sends to everything.
    private static unsafe void IgnoreSignals()
    {
        const nint SIG_IGN = 1;
        var action = stackalloc nint[] { SIG_IGN, 0, 0, 0 };
        foreach (var signal in (ReadOnlySpan<int>)[1, 2, 13, 15])
        {
            RawSyscall.Invoke(Nr.rt_sigaction, signal, (nint)action, 0, 8);
        }
    }
}
