using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>From a service's configs and secrets to what is mounted for them. Pure.</summary>
internal static class ServiceFileMounts
{
    private const int ReadableByAll = 0b100_100_100;

    /// <summary>A file of the host is mounted itself, as it is; what has no file, or is to have another owner or mode, is a file of ours.</summary>
    /// <exception cref="FormatException">One cannot be had; the message says which, and why.</exception>
    public static (ImmutableArray<MountSpec> Mounts, ImmutableArray<FileSpec> Files) Of(Project project, Service service)
    {
        var mounts = ImmutableArray.CreateBuilder<MountSpec>();
        var files = ImmutableArray.CreateBuilder<FileSpec>();
        foreach (var config in service.Configs)
        {
            Add("config", config, project.Configs, "/");
        }

        foreach (var secret in service.Secrets)
        {
            Add("secret", secret, project.Secrets, "/run/secrets/");
        }

        return (mounts.ToImmutable(), files.ToImmutable());

        void Add(string kind, FileMount use, ImmutableSortedDictionary<string, FileObject> known, string directory)
        {
            var name = use.Source ?? throw new FormatException($"a {kind} has no source");
            if (!known.TryGetValue(name, out var what))
            {
                throw new FormatException($"{kind} {name} is not among the {kind}s of the file");
            }

            if (what.External)
            {
                throw new FormatException($"{kind} {name} is external; there is no store of {kind}s on this machine: say `file:`, `environment:` or `content:`");
            }

            var target = string.IsNullOrEmpty(use.Target) ? name : use.Target;
            target = target.StartsWith('/') ? target : directory + target;
            if (what.File is { Length: > 0 } file && (use.Uid, use.Gid, use.Mode) == (null, null, null))
            {
                mounts.Add(new MountSpec(MountKind.Bind, file, target, ReadOnly: true, CreateHostPath: false));
                return;
            }

            var content = what.File is { Length: > 0 } ? null
                : what.Content ?? throw new FormatException($"{kind} {name} has no content: the variable {what.Environment} is not set");
            files.Add(new FileSpec(
                target, content, content is null ? what.File : null, Id(use.Uid, $"{kind} {name}: uid"), Id(use.Gid, $"{kind} {name}: gid"), use.Mode ?? ReadableByAll));
        }
    }

    private static uint Id(string? text, string what) =>
        string.IsNullOrEmpty(text) ? 0
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id <= int.MaxValue ? id
        : throw new FormatException($"{what} {text} is not a number");
}
