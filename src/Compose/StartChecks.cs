using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose;

/// <summary>
/// Values that `config` prints as they are, as the reference does, but that nobody can run: a restart policy of
/// `sometimes`, a capability that does not exist. `up` refuses them, at the place where they stand, before anything starts.
/// </summary>
public static class StartChecks
{
    private delegate string? Check(string value);

    private static readonly PathRules<Check> Rules = new()
    {
        ["services.*.restart"] = Restart,
        ["services.*.pull_policy"] = PullPolicy,
        ["services.*.platform"] = Platform,
        ["services.*.stop_signal"] = StopSignal,
        ["services.*.expose.*"] = Expose,
        ["services.*.cap_add.*"] = Capability,
        ["services.*.cap_drop.*"] = Capability,
        ["services.*.cpuset"] = Cpuset,
        ["services.*.network_mode"] = NetworkMode,
        ["services.*.logging.options.max-size"] = static value => LogSize(value) ? null : "write a size such as 10m",
        ["services.*.logging.options.max-file"] = static value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? null : "write a positive number of files",
        ["services.*.deploy.restart_policy.condition"] = static value => value is "none" or "on-failure" or "any" or "" or "no" or "always" or "unless-stopped" ? null : "write none, on-failure or any",
        ["networks.*.ipam.config.*.subnet"] = Subnet,
        ["networks.*.ipam.config.*.ip_range"] = Subnet,
        ["networks.*.ipam.config.*.gateway"] = static value => IpText.IsAddress(value) ? null : "write an IP address",
    };

    private static readonly string[] Capabilities =
    [
        "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER",
        "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE",
        "NET_BROADCAST", "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE",
        "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
    ];

    private static readonly string[] Signals =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "POLL", "PWR", "SYS",
    ];

    /// <summary>The errors of the active services and of the networks they use; empty if all can be run, or if the load failed.</summary>
    /// <param name="runtime">What would be right in place of a value of `runtime`, on this machine; null: it is right.</param>
    public static ImmutableArray<Diagnostic> For(LoadResult result, Func<string, string?>? runtime = null)
    {
        if (result is not { Project: { } project, Tree: { } tree }) return [];
        var diagnostics = new DiagnosticList();
        foreach (var (kind, value, _) in tree)
        {
            if (value is not MappingNode named || Rules.Root.Key(kind)?.Key("*") is not { } place) continue;
            foreach (var (name, node, _) in named)
                if (kind == "services" ? project.Services.ContainsKey(name) : project.Networks.ContainsKey(name)) Walk(node, place, $"{kind}.{name}", diagnostics);
            if (kind != "services") continue;
            foreach (var (name, node, _) in named)
            {
                if (!project.Services.ContainsKey(name) || node is not MappingNode service) continue;
                DevoxxReading.Check(service, $"services.{name}", diagnostics);
                if (service.Find("runtime") is ScalarNode { IsNull: false } said && runtime?.Invoke(said.Print()) is { } right)
                    diagnostics.Error(said.Position, $"services.{name}.runtime: `{said.Print()}` cannot be run; {right}");
            }
        }
        return diagnostics.ToImmutable();
    }

    private static void Walk(Node node, PathRules<Check>.Place place, string path, DiagnosticList diagnostics)
    {
        if (place.Rule is { } check && node is ScalarNode { IsNull: false } scalar && check(scalar.Print()) is { } right)
            diagnostics.Error(node.Position, $"{path}: `{scalar.Print()}` cannot be run; {right}");
        if (node is MappingNode map)
        {
            foreach (var (key, value, _) in map)
                if (place.Key(key) is { } below) Walk(value, below, $"{path}.{key}", diagnostics);
        }
        else if (node is SequenceNode list && place.Item is { } item)
        {
            for (var i = 0; i < list.Items.Count; i++) Walk(list.Items[i], item, $"{path}[{i}]", diagnostics);
        }
    }

    private static string? Restart(string value)
    {
        if (value is "" or "no" or "always" or "unless-stopped" or "on-failure") return null;
        if (value.StartsWith("on-failure:", StringComparison.Ordinal) && uint.TryParse(value.AsSpan("on-failure:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out _)) return null;
        return "write \"no\", always, on-failure, on-failure:MAX or unless-stopped";
    }

    private static string? PullPolicy(string value)
    {
        if (value is "" or "always" or "missing" or "if_not_present" or "never" or "build" or "refresh" or "daily" or "weekly") return null;
        if (value.StartsWith("every_", StringComparison.Ordinal) && Duration.Parse(value["every_".Length..]) is not null) return null;
        return "write always, missing, never, build, daily, weekly or every_DURATION";
    }

    private static string? Platform(string value) =>
        value.Length == 0 || (value.Split('/') is { Length: <= 3 } parts && parts.All(static part => part.Length > 0)) ? null : "write os/architecture, such as linux/arm64, with a variant behind it where there are several";

    private static string? StopSignal(string value)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number is > 0 and <= 64 ? null : "write a signal from 1 to 64";
        var name = value.ToUpperInvariant();
        if (name.StartsWith("SIG", StringComparison.Ordinal)) name = name[3..];
        if (Signals.Contains(name)) return null;
        foreach (var real in (ReadOnlySpan<string>)["RTMIN", "RTMAX"])
        {
            if (name == real) return null;
            if (name.StartsWith(real, StringComparison.Ordinal) && name[real.Length] == (real == "RTMIN" ? '+' : '-') && int.TryParse(name.AsSpan(real.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= 30) return null;
        }
        return Schema.Nearest.Suggest(name.ToLowerInvariant(), Signals.Select(static s => s.ToLowerInvariant())) is { } near ? $"did you mean SIG{near.ToUpperInvariant()}?" : "write a signal such as SIGTERM or SIGQUIT";
    }

    private static string? Expose(string value) => PortSpec.Parse(value, out var error) is { Count: > 0 } && error is null && !value.Contains(':') ? null : "write a port or a range, such as 8000, 8000-8010 or 53/udp";

    private static string? Capability(string value)
    {
        var name = value.ToUpperInvariant();
        if (name.StartsWith("CAP_", StringComparison.Ordinal)) name = name[4..];
        if (name == "ALL" || Capabilities.Contains(name)) return null;
        return Schema.Nearest.Suggest(name.ToLowerInvariant(), Capabilities.Select(static c => c.ToLowerInvariant())) is { } near ? $"did you mean {near.ToUpperInvariant()}?" : "see capabilities(7) for those there are, or write ALL";
    }

    private static string? Cpuset(string value)
    {
        foreach (var part in value.Split(','))
        {
            var ends = part.Trim().Split('-');
            if (ends.Length > 2 || !ends.All(static e => uint.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out _)) || ends.Length == 2 && uint.Parse(ends[1], CultureInfo.InvariantCulture) < uint.Parse(ends[0], CultureInfo.InvariantCulture))
                return value.Length == 0 ? null : "write CPUs such as 0-3 or 0,2";
        }
        return null;
    }

    private static string? NetworkMode(string value) =>
        value is "service:" or "container:" ? "name the service or container behind the colon" : null;

    private static bool LogSize(string value) => value == "-1" || ByteSize.Parse(value) is > 0;

    private static string? Subnet(string value) =>
        value.Split('/') is [var address, var length] && IpText.IsAddress(address) && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
        && bits <= (IPAddress.Parse(address).GetAddressBytes().Length == 4 ? 32 : 128)
            ? null
            : "write an address and a prefix length, such as 172.28.0.0/16";
}
