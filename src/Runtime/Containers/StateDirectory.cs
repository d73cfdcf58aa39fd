using System.Text;
using Devoxx.Native;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Containers;

/// <summary>The directory of one container below <c>--root</c>, readable by root only.</summary>
internal sealed unsafe class StateDirectory(string root, string id)
{
    public const string AttachName = "attach.sock", ConsoleName = "console.sock";

    public string Id => id;

    public string DirectoryPath { get; } = Path.Combine(Path.GetFullPath(root), ContainerId.Require(id));

    public string StatePath => DirectoryPath + "/state.json";

    /// <summary>config.json as it was at <c>create</c>: later changes of the bundle must not reach the container (runtime-spec, "Lifecycle").</summary>
    public string ConfigPath => DirectoryPath + "/config.json";

    /// <summary>The path of the cgroup that <c>create</c> is about to make: what a create that was killed has made is found by it.</summary>
    public string CgroupNotePath => DirectoryPath + "/cgroup";

    public string AttachPath => $"{DirectoryPath}/{AttachName}";

    /// <summary>Where another runtime sends the container's terminal.</summary>
    public string ConsolePath => $"{DirectoryPath}/{ConsoleName}";

    /// <summary>Where another runtime writes which process is the container's first.</summary>
    public string PidPath => DirectoryPath + "/pid";

    public string FifoPath => DirectoryPath + "/exec.fifo";

    /// <summary>Makes it; false when it is there already: the id is taken.</summary>
    public bool TryCreate()
    {
        var result = Make(DirectoryPath);
        if (result == -Linux.ENOENT)
        {
            Directory.CreateDirectory(Path.GetFullPath(root), (UnixFileMode)0b111_000_000);
            result = Make(DirectoryPath);
        }

        return result switch
        {
            0 => true,
            -Linux.EEXIST => false,
            _ => throw new LinuxException("mkdir", (int)-result, DirectoryPath),
        };
    }

    /// <summary>Removes the files that belong in it, and then the directory itself.</summary>
    public void Remove()
    {
        Unlink(StatePath);
        Unlink(ConfigPath);
        Unlink(AttachPath);
        Unlink(ConsolePath);
        Unlink(PidPath);
        Unlink(FifoPath);
        Unlink(CgroupNotePath);
        foreach (var halfWritten in Directory.Exists(DirectoryPath) ? Directory.GetFiles(DirectoryPath, "*.tmp") : [])
        {
            Unlink(halfWritten);
        }

        fixed (byte* p = Encoding.UTF8.GetBytes(DirectoryPath + "\0"))
        {
            RawSyscall.Invoke(Nr.rmdir, (nint)p);
        }
    }

    private static void Unlink(string path)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            RawSyscall.Invoke(Nr.unlink, (nint)p);
        }
    }

    private static nint Make(string path)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return RawSyscall.Invoke(Nr.mkdir, (nint)p, 0b111_000_000);
        }
    }
}
