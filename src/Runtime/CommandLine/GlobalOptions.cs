namespace Devoxx.Runtime.CommandLine;

/// <summary>Options before the verb, as runc has them.</summary>
internal sealed record GlobalOptions(string Root, string? Log, bool JsonLog, bool SystemdCgroup)
{
    /// <summary>Where states of containers are kept when <c>--root</c> does not say.</summary>
    public static string DefaultRoot { get; } = Environment.IsPrivilegedProcess ? "/run/devoxx-runtime"
        : $"{Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? Path.GetTempPath().TrimEnd('/')}/devoxx-runtime";

    /// <summary>Parses them; <paramref name="rest"/> begins with the verb.</summary>
    public static GlobalOptions Parse(string[] args, out string[] rest)
    {
        string[] withValue = ["root", "log", "log-format", "criu", "rootless"];
        var verb = 0;
        while (verb < args.Length && args[verb].StartsWith('-'))
        {
            var name = args[verb].TrimStart('-');
            verb += Array.IndexOf(withValue, name) >= 0 ? 2 : 1;
        }

        verb = Math.Min(verb, args.Length);
        var parsed = Arguments.Parse(args.AsSpan(0, verb), withValue, ["debug", "systemd-cgroup", "v=version", "h=help"]);
        rest = parsed.Has("version") ? ["version"] : parsed.Has("help") ? ["help"] : args[verb..];
        return new GlobalOptions(
            parsed.Value("root") ?? DefaultRoot, parsed.Value("log"), parsed.Value("log-format") == "json", parsed.Has("systemd-cgroup"));
    }
}
