using System.Collections.Immutable;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Devoxx.Supervisor.Containers;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Bundles;

/// <summary>
/// Parts of volumes that are mounted in place of the whole. Who writes into a volume may put links there: each part is looked up by the kernel inside the
/// volume, and held as a mount that is attached nowhere until the runtime has attached it, whatever is swapped meanwhile.
/// </summary>
internal sealed class VolumeSubpaths : IDisposable
{
    private readonly List<IDisposable> held = [];

    private VolumeSubpaths(ImmutableDictionary<string, string> sources) => Sources = sources;

    /// <summary>The host's path of each volume and bind mount, by target; of a part by descriptor.</summary>
    public ImmutableDictionary<string, string> Sources { get; private set; }

    /// <summary>Targets of parts that are held as mounts.</summary>
    public ImmutableArray<string> Detached { get; private set; } = [];

    /// <exception cref="IOException">A volume has no such path.</exception>
    public static VolumeSubpaths Open(ContainerSpec spec, ImmutableDictionary<string, string> sources)
    {
        var subpaths = new VolumeSubpaths(sources);
        try
        {
            foreach (var mount in spec.Mounts.Where(m => m.Subpath is not null))
            {
                subpaths.Take(mount, foreign: spec.Runtime is not null);
            }

            return subpaths;
        }
        catch
        {
            subpaths.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        held.ForEach(one => one.Dispose());
        held.Clear();
    }

    private void Take(MountSpec mount, bool foreign)
    {
        const int O_PATH = 0x200000;
        using var volume = DirectoryFd.Open(Sources[mount.Target]);
        var part = PathInRoot.OpenExisting(volume, mount.Subpath!, O_PATH)
            ?? throw new IOException($"volume {mount.Source} has no {mount.Subpath}; make it there first, or leave out `subpath`");
        held.Add(part);
        var path = PathOf(part);
        if (foreign)
        {
            // Runtimes of others bind by path.
            Sources = Sources.SetItem(mount.Target, File.ResolveLinkTarget(path, returnFinalTarget: false)!.FullName);
            return;
        }

        var tree = OpenTree.Clone(path, recursive: true);
        held.Add(tree);
        Sources = Sources.SetItem(mount.Target, $"/proc/{Environment.ProcessId}/fd/{tree.Number}");
        Detached = Detached.Add(mount.Target);
    }

    private static string PathOf(SafeFileHandle handle) => $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";
}
