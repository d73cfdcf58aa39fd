using System.Collections.Immutable;
using System.Text;
using Devoxx.Oci;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Supervisor.Bundles;

/// <summary>The host's device nodes: a privileged container gets all, others those that they name.</summary>
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

    /// <summary>The device at <paramref name="source"/>, links followed, or all below it if it is a directory, as if they were at <paramref name="target"/>.</summary>
    /// <exception cref="IOException">There is no device.</exception>
    public static ImmutableArray<Device> At(string source, string target)
    {
        stat status;
        fixed (byte* name = Encoding.UTF8.GetBytes(source + "\0"))
        {
            if (stat(name, &status) < 0)
            {
                throw new IOException($"device {source} is not on this machine; `devices:` names what is in /dev of the host");
            }
        }

        if (Node(target, status) is { } device)
        {
            return [device];
        }

        if (!Directory.Exists(source))
        {
            throw new IOException($"{source} is no device; mount it by `volumes:`");
        }

        var below = ImmutableArray.CreateBuilder<Device>();
        Add(source, below);
        return [.. below.Select(each => each with { Path = target + each.Path[source.Length..] })];
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

            if (((uint)status.st_mode & 0xF000) == 0x4000 && !OwnOfContainer.Contains(path))
            {
                Add(path, devices);
            }
            else if (path is not ("/dev/console" or "/dev/ptmx") && Node(path, status) is { } device) // the container's own are links into its devpts
            {
                devices.Add(device);
            }
        }
    }

    /// <summary>Null: it is neither a character nor a block device.</summary>
    private static Device? Node(string path, in stat status)
    {
        var (mode, number) = ((uint)status.st_mode, (ulong)status.st_rdev);
        var type = (mode & 0xF000) switch { 0x2000 => "c", 0x6000 => "b", _ => null };
        return type is null ? null : new Device(type, path, (long)Major(number), (long)Minor(number), mode & 0xFFF, (uint)status.st_uid, (uint)status.st_gid);
    }

    /// <summary>makedev(3): the kernel's numbers in 64 bits.</summary>
    private static ulong Major(ulong device) => ((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFUL);

    private static ulong Minor(ulong device) => (device & 0xFF) | ((device >> 12) & ~0xFFUL);
}
