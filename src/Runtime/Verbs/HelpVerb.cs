using System.Text;
using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>help</c>, and <c>VERB --help</c>.</summary>
internal static class HelpVerb
{
    private static readonly (string Verb, string Does, string Usage)[] Verbs =
    [
        ("create", "makes a container that waits to be started", "[--bundle DIR] [--config FILE] [--pid-file FILE] [--console-socket SOCKET] [--pidfd-socket SOCKET] [--preserve-fds N] [--no-pivot] [--no-new-keyring] ID"),
        ("start", "lets a container that was created run its command", "ID"),
        ("run", "creates a container and starts it", "[--detach] [--keep] and the options of create, ID"),
        ("exec", "runs a further process in a container", "[--tty] [--detach] [--user U[:G]] [--additional-gids G] [--env K=V] [--cwd DIR] [--cap CAP] [--cgroup [CONTROLLER:]PATH] [--process FILE] [--pid-file FILE] [--console-socket SOCKET] [--pidfd-socket SOCKET] [--ignore-paused] ID COMMAND …"),
        ("state", "prints the state of a container as JSON", "ID"),
        ("list", "prints the containers below --root", "[--quiet] [--format table|json]"),
        ("ps", "prints the processes of a container", "[--format table|json] ID"),
        ("kill", "sends a signal to a container's first process, SIGTERM if none is named", "[--all] ID [SIGNAL]"),
        ("pause", "stops all processes of a container", "ID"),
        ("resume", "lets the processes of a paused container go on", "ID"),
        ("update", "changes the limits of a container", "[--resources FILE|-] [--memory BYTES] [--cpu-quota US] [--pids-limit N] … ID"),
        ("events", "prints what a container uses, as it changes", "[--stats] [--interval DURATION] ID"),
        ("delete", "removes what a container leaves", "[--force] ID"),
        ("spec", "writes a config.json to start from", "[--bundle DIR] [--rootless]"),
        ("features", "prints what this runtime can do as JSON", ""),
        ("checkpoint", "is not supported", "ID"),
        ("restore", "is not supported", "ID"),
        ("monitor", "makes a container, keeps its output, and records its exit", "--root DIR --bundle DIR --status-fd N [--log-max-size BYTES --log-max-file N | --log-driver none] [--terminal] [--stdin] [--hold-output] ID"),
        ("resolver", "answers for names in the networks of containers", "--directory DIR [--resolv-conf FILE]"),
    ];

    public static int Run()
    {
        var text = new StringBuilder("""
            NAME:
               devoxx-runtime - Open Container Initiative runtime

            USAGE:
               devoxx-runtime [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] VERB …


            """);
        foreach (var (verb, does, usage) in Verbs)
        {
            text.Append(null, $"   {verb,-10} {does}\n{(usage.Length == 0 ? "" : $"              {usage}\n")}");
        }

        Failure.Write(1, text.ToString());
        return 0;
    }

    /// <summary>Of one verb.</summary>
    public static int Run(string verb)
    {
        foreach (var (name, does, usage) in Verbs)
        {
            if (name == verb)
            {
                Failure.Write(1, $"NAME:\n   devoxx-runtime {name} - {does}\n\nUSAGE:\n   devoxx-runtime {name} {usage}\n");
                return 0;
            }
        }

        throw new UsageException($"No help topic for '{verb}'");
    }
}
