using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>help</c>.</summary>
internal static class HelpVerb
{
    public static int Run()
    {
        Failure.Write(1, """
            devoxx-runtime: makes containers as the OCI runtime specification describes them

            usage: devoxx-runtime [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] VERB …

              create   [--bundle DIR] [--pid-file FILE] [--console-socket SOCKET] [--preserve-fds N] ID
              start    ID
              run      [--detach] [--keep] and the options of create, ID
              exec     [--tty] [--detach] [--user U[:G]] [--env K=V] [--cwd DIR] [--cap CAP] [--process FILE] ID COMMAND …
              state    ID
              list     [--quiet] [--format table|json]
              ps       [--format table|json] ID
              kill     [--all] ID [SIGNAL]
              pause    ID
              resume   ID
              update   [--resources FILE] [--memory BYTES] [--cpu-quota US] [--pids-limit N] … ID
              events   [--stats] [--interval DURATION] ID
              delete   [--force] ID
              spec     [--bundle DIR]
              features
              monitor  --root DIR --bundle DIR --status-fd N [--log-max-size BYTES --log-max-file N | --log-driver none] [--terminal] [--stdin] ID
              resolver --directory DIR [--resolv-conf FILE]

            """);
        return 0;
    }
}
