using System.Security.Cryptography;
using System.Text;

namespace Devoxx.Supervisor;

/// <summary>
/// Where one supervisor keeps what it knows (<see cref="Path"/>, survives a reboot) and what lives only as long as the
/// machine runs (<see cref="RunDirectory"/>). One supervisor per state root.
/// </summary>
public sealed record StateRoot
{
    public const string DefaultPath = "/var/lib/devoxx";

    /// <summary>The environment variable that names another state root.</summary>
    public const string Variable = "DEVOXX_ROOT";

    private StateRoot(string path, string name)
    {
        Path = path;
        Name = name;
    }

    /// <summary>The given directory, else <c>$DEVOXX_ROOT</c>, else <c>/var/lib/devoxx</c>.</summary>
    public static StateRoot At(string? path = null)
    {
        path ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : DefaultPath;
        path = System.IO.Path.GetFullPath(path);
        if (path.Length > 1)
        {
            path = path.TrimEnd('/');
        }

        return new StateRoot(path, path == DefaultPath ? "devoxx" : "devoxx-" + ShortHash(path));
    }

    public string Path { get; }

    /// <summary><c>devoxx</c>, or <c>devoxx-</c> and 12 hexadecimal digits for a root of another path: names the run directory and the cgroup that all containers are under, so that two roots never meet.</summary>
    public string Name { get; }

    public string RunDirectory => "/run/" + Name;

    /// <summary>The cgroup above all containers of this root, from the root of each hierarchy.</summary>
    public string CgroupParent => "/" + Name;

    /// <summary>The cgroup of a container, from the root of each hierarchy.</summary>
    public string CgroupOf(Containers.ContainerSpec spec) => $"{spec.CgroupParent ?? CgroupParent}/{spec.Id}";

    public string JournalPath => Path + "/journal.db";

    public string ImagesDirectory => Path + "/images";

    /// <summary>Where images are built: layers that the next build goes on from, and what a step of one works in.</summary>
    public string BuildDirectory => Path + "/build";

    /// <summary>What is mounted there, until the machine stops.</summary>
    public string BuildRunDirectory => RunDirectory + "/build";

    public string VolumesDirectory => Path + "/volumes";

    public string ContainersDirectory => Path + "/containers";

    /// <summary>The OCI bundle, and where the log and the exit record are.</summary>
    public string Bundle(string containerId) => $"{ContainersDirectory}/{containerId}";

    /// <summary>The <c>--root</c> of <c>devoxx-runtime</c>.</summary>
    public string RuntimeRoot => RunDirectory + "/containers";

    /// <summary>Where runtimes that are not ours keep theirs.</summary>
    public string RuntimeStatesDirectory => RunDirectory + "/runtimes";

    /// <summary>Where one of them does.</summary>
    /// <param name="runtime">Its name or absolute path.</param>
    public string RuntimeStates(string runtime) => $"{RuntimeStatesDirectory}/{runtime.TrimStart('/').Replace('/', '-')}";

    /// <summary>What the resolver of this root is told, and what it says.</summary>
    public string NamesDirectory => RunDirectory + "/dns";

    public string SocketPath => RunDirectory + "/supervisor.sock";

    public string LockPath => RunDirectory + "/supervisor.lock";

    public string SpawnLockPath => RunDirectory + "/spawn.lock";

    public string PidPath => RunDirectory + "/supervisor.pid";

    public string SupervisorLogPath => RunDirectory + "/supervisor.log";

    private static string ShortHash(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..12];
}
