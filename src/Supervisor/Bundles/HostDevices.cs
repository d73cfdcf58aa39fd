using System.Collections.Immutable;
using System.Text;
using Devoxx.Oci;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Supervisor.Bundles;

/// <summary>The host's device nodes, which a privileged container gets all of.</summary>
internal static unsafe class HostDevices
{
    /// <summary>Directories below /dev that a container has of its own.</summary>
    private static readonly string[] OwnOfContainer = ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/fd"];

    /// <summary>Character and block devices below /dev; links and the console are passed over.</summary>
    public static ImmutableArray<Device> All()
    {
        var devices = ImmutableArray.CreateBuilder<Device>();
        Add("/dev", devices);
        return devices.ToImmutable();
    }

    private static void Add(string directory, ImmutableArray<Device>.Builder devices)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(directory))
        {
            stat status;
            fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
            {
                if (lstat(name, &status) < 0)
                {
                    continue;
                }
            }

            var mode = (uint)status.st_mode;
            var type = (mode & 0xF000) switch { 0x2000 => "c", 0x6000 => "b", 0x4000 => "d", _ => null };
            if (type == "d" && !OwnOfContainer.Contains(path))
            {
                Add(path, devices);
            }
            else if (type is "c" or "b" && path is not ("/dev/console" or "/dev/ptmx")) // the container's own are links into its devpts
            {
                var number = (ulong)status.st_rdev;
                devices.Add(new Device(type, path, (long)Major(number), (long)Minor(number), mode & 0xFFF, (uint)status.st_uid, (uint)status.st_gid));
            }
        }
    }

    /// <summary>makedev(3): the kernel's numbers in 64 bits.</summary>
    private static ulong Major(ulong device) => ((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFUL);

    private static ulong Minor(ulong device) => (device & 0xFF) | ((device >> 12) & ~0xFFUL);
}
