using System.Globalization;
using Devoxx.Native.Mounts;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Bundles;

/// <summary>
/// Namespaces of running containers that another is to enter, held by descriptor: whatever becomes of their processes meanwhile, no
/// other namespace can be there when the runtime comes for them.
/// </summary>
internal sealed class SharedNamespaces : IDisposable
{
    private readonly List<IDisposable> held = [];

    /// <summary>Null: not shared.</summary>
    public string? PidPath { get; private set; }

    public string? IpcPath { get; private set; }

    /// <summary>The /dev/shm that belongs to <see cref="IpcPath"/>, as a mount that is attached nowhere.</summary>
    public string? SharedMemoryPath { get; private set; }

    /// <summary>Takes hold of a container's pid namespace.</summary>
    /// <exception cref="IOException">It has just ended.</exception>
    public void TakePid(RunningProcess donor) => PidPath = Verified(donor, pid => Hold(NetworkNamespace.NamespaceFd.Open($"/proc/{pid}/ns/pid")));

    /// <summary>Takes hold of a container's ipc namespace, and of its /dev/shm.</summary>
    /// <exception cref="IOException">It has just ended.</exception>
    public void TakeIpc(RunningProcess donor) => (IpcPath, SharedMemoryPath) = Verified(donor, pid => (
        Hold(NetworkNamespace.NamespaceFd.Open($"/proc/{pid}/ns/ipc")),
        Hold(DetachedCopy.Of($"/proc/{pid}/ns/mnt", "/dev/shm"))));

    public void Dispose()
    {
        held.ForEach(one => one.Dispose());
        held.Clear();
    }

    private static T Verified<T>(RunningProcess donor, Func<string, T> take)
    {
        using var alive = new ProcessIdentity(donor.Pid, donor.StartTime, donor.BootId).OpenIfAlive() ?? throw new IOException("it has just ended");
        var taken = take(donor.Pid.ToString(CultureInfo.InvariantCulture));

        // Still it after opening: no other process can have taken the number meanwhile.
        return alive.SendSignal(0) ? taken : throw new IOException("it has just ended");
    }

    private string Hold(NetworkNamespace.NamespaceFd descriptor)
    {
        held.Add(descriptor);
        return Path(descriptor.Number);
    }

    private string Hold(MountFd mount)
    {
        held.Add(mount);
        return Path((int)mount.DangerousGetHandle());
    }

    private static string Path(int descriptor) => $"/proc/{Environment.ProcessId}/fd/{descriptor}";
}
