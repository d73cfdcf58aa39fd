namespace Devoxx.Runtime.CommandLine;

/// <summary>Options before the verb, as runc has them.</summary>
internal sealed record GlobalOptions(string Root, string? Log, bool JsonLog, bool SystemdCgroup)
{
    /// <summary>Where states of containers are kept when <c>--root</c> does not say.</summary>
    public static string DefaultRoot { get; } = Environment.IsPrivilegedProcess ? "/run/devoxx-runtime"
        : $"{Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? Path.GetTempPath().TrimEnd('/')}/devoxx-runtime";

    /// <summary>Whether <see cref="Root"/> was given, so that it is a mistake when it does not exist.</summary>
    public bool HasRoot { get; init; }

    /// <summary>Parses them; <paramref name="rest"/> begins with the verb.</summary>
    public static GlobalOptions Parse(string[] args, out string[] rest)
    {
        string[] withValue = ["root", "log", "log-format", "criu", "rootless", "cgroup-manager"];
        var verb = 0;
        while (verb < args.Length && args[verb].StartsWith('-'))
        {
            var name = args[verb].TrimStart('-');
            verb += Array.IndexOf(withValue, name) >= 0 ? 2 : 1;
        }

        verb = Math.Min(verb, args.Length);
        var parsed = Arguments.Parse(args.AsSpan(0, verb), withValue, ["debug", "systemd-cgroup", "v=version", "h=help"]);
        rest = parsed.Has("version") ? ["version"] : parsed.Has("help") ? ["help"] : args[verb..];
        var format = parsed.Value("log-format") ?? "text";
        return new GlobalOptions(
            parsed.Value("root") ?? DefaultRoot,
            LogOf(parsed.Value("log")),
            format is "json" or "text" ? format == "json" : throw new UsageException($"invalid log-format '{format}': expected text or json"),
            parsed.Has("systemd-cgroup") || IsSystemd(parsed.Value("cgroup-manager")))
        {
            HasRoot = parsed.Value("root") is not null,
        };
    }

    // crun writes file:PATH; its other kinds are not there.
    private static string? LogOf(string? log) => log?.StartsWith("file:", StringComparison.Ordinal) is true ? log["file:".Length..] : log;

    // As crun spells --systemd-cgroup.
    private static bool IsSystemd(string? manager) => manager switch
    {
        null or "cgroupfs" => false,
        "systemd" => true,
        _ => throw new UsageException($"--cgroup-manager '{manager}' is not supported: expected cgroupfs or systemd"),
    };
}
