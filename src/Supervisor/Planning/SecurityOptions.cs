using Devoxx.Compose;

namespace Devoxx.Supervisor.Planning;

/// <summary>What <c>security_opt</c> asks for (docs.docker.com/reference/cli/docker/container/run, "Optional security options"). Pure.</summary>
internal static class SecurityOptions
{
    public static bool NoNewPrivileges(Service service) =>
        service.SecurityOpt.Any(o => o is "no-new-privileges" or "no-new-privileges:true" or "no-new-privileges=true");

    /// <summary>Absolute path of a profile, or <c>unconfined</c>; null: the default profile.</summary>
    public static string? Seccomp(Service service, string workingDirectory) => Value(service, "seccomp") switch
    {
        null or "builtin" or "default" => null,
        "unconfined" => "unconfined",
        var file => Path.GetFullPath(Path.Combine(workingDirectory, file)),
    };

    /// <summary>A profile's name; null: none is asked for.</summary>
    public static string? AppArmor(Service service) => Value(service, "apparmor") is { } profile and not ("" or "unconfined") ? profile : null;

    public static bool SystemPathsUnconfined(Service service) => Value(service, "systempaths") == "unconfined";

    /// <summary>What stands after a name, which is parted from it by <c>=</c> or, as of old, by <c>:</c>.</summary>
    private static string? Value(Service service, string name) =>
        service.SecurityOpt.Where(o => o.StartsWith(name, StringComparison.Ordinal) && o.Length > name.Length && o[name.Length] is '=' or ':')
            .Select(o => o[(name.Length + 1)..]).LastOrDefault();
}
