using Devoxx.Native.Cgroups;
using Devoxx.Native.Namespaces;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Containers;

/// <summary>A container that exists: its directory and its state.</summary>
internal sealed record Container(StateDirectory Directory, StateFile State)
{
    /// <summary>Throws when there is none of this id, in the words that engines look for.</summary>
    public static Container Open(string root, string id)
    {
        var directory = new StateDirectory(root, id);
        return StateFile.Read(directory) is { } state
            ? new Container(directory, state)
            : throw new SetupException($"container {id} does not exist");
    }

    /// <summary>Its configuration: as it was when it was created, or the bundle's where a monitor keeps it.</summary>
    public RuntimeSpec ReadSpec() => Bundle.Read(File.Exists(Directory.ConfigPath) ? Directory.DirectoryPath : State.Bundle);

    public string Status => ContainerStatus.Of(State, Directory);

    /// <summary>Whether its processes end with its first one: in a pid namespace that was made for it.</summary>
    public bool HasOwnPids => new NamespacePlan(ReadSpec().Linux?.Namespaces).IsNew(CloneFlags.CLONE_NEWPID);

    /// <summary>Null when it has none, or none any more.</summary>
    public Cgroup? OpenCgroup() => State.CgroupsPath is { } path ? Cgroup.OpenExisting(CgroupHost.Detect(), path) : null;

    public Cgroup NeedCgroup() => OpenCgroup() ?? throw new SetupException($"container {State.Id} has no cgroup");
}
