using System.Collections.Immutable;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Runtimes;

/// <summary>What <c>runtime:</c> of a service can name: OCI runtimes of this machine beside our own.</summary>
public static class InstalledRuntimes
{
    /// <summary>Those that go by a name, which is their executable's and their package's.</summary>
    private static readonly ImmutableArray<string> Known = ["runc", "crun", "youki"];

    /// <summary>The same for the command line and for a supervisor that was started at boot, whatever their PATH is.</summary>
    private static readonly ImmutableArray<string> Directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private static readonly ImmutableArray<string> Inits = ["catatonit", "tini-static", "docker-init"];

    /// <summary>What a service says, without other words for the same; null: our own.</summary>
    public static string? NameOf(string? said) => said switch
    {
        null or "" or "devoxx-runtime" => null,
        "io.containerd.runc.v2" => "runc",
        _ => said,
    };

    /// <summary>What would be right in place of a name that cannot be had here; null: it can.</summary>
    public static string? WhatIsWrong(string said)
    {
        if (NameOf(said) is not { } name || PathOf(name) is not null)
        {
            return null;
        }

        if (name.Contains('/'))
        {
            return name.StartsWith('/') ? "there is no executable file of this path" : "write an absolute path";
        }

        var installed = Known.Where(known => PathOf(known) is not null).ToImmutableArray();
        return (Known.Contains(name) ? $"it is not installed here; install the package {name}, or "
                : installed.IsEmpty ? "no runtime beside this program's own is installed here; install runc or crun, or "
                : "")
            + (installed.IsEmpty ? "" : $"write {string.Join(" or ", installed)}, which {(installed.Length == 1 ? "is" : "are")} installed here, or ")
            + "an absolute path, or leave `runtime` out for this program's own";
    }

    /// <summary>Where a runtime is, and where it keeps its state.</summary>
    /// <exception cref="IOException">It is gone since the stack was read.</exception>
    internal static ForeignRuntime Find(string name, StateRoot root)
    {
        var path = PathOf(name) ?? throw new IOException($"runtime {name}: {WhatIsWrong(name)}");
        return new ForeignRuntime(path, root.RuntimeStates(name));
    }

    /// <summary>An init that can be mounted into any image, because it needs no library of it.</summary>
    /// <exception cref="IOException">None is installed.</exception>
    internal static string Init(string runtime) =>
        Inits.Select(Search).FirstOrDefault(path => path is not null)
        ?? throw new IOException($"`init: true` with `runtime: {runtime}` needs a small init of this machine, and there is none; install catatonit, or leave one of the two out");

    private static string? PathOf(string name) =>
        name.StartsWith('/') ? (IsExecutable(name) ? name : null) : Known.Contains(name) ? Search(name) : null;

    private static string? Search(string name) => Directories.Select(directory => $"{directory}/{name}").FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
