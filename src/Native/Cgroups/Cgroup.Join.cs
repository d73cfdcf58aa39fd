using System.Runtime.InteropServices;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Cgroups;

public sealed partial class Cgroup
{
    /// <summary>Opens what a new process needs to get in.</summary>
    /// <param name="below">The cgroup below this one to join, by the names of a hierarchy's controllers: <c>/web</c>, or empty for this one itself.</param>
    public CgroupJoin OpenForJoin(Func<IReadOnlyList<string>, string>? below = null)
    {
        SafeHandle? unified = null;
        var tasks = new List<SafeHandle>();
        try
        {
            foreach (var (hierarchy, own) in parts)
            {
                var directory = below is null ? own : new CgroupDirectory(own.Path + below([.. hierarchy.Controllers.Select(controller => controller.Name)]));
                if (hierarchy.IsUnified)
                {
                    unified = Open(directory.Path, O_RDONLY | O_DIRECTORY);
                }
                else
                {
                    tasks.Add(Open(directory.File("tasks"), O_WRONLY));
                }
            }
        }
        catch
        {
            new CgroupJoin(unified, tasks).Dispose();
            throw;
        }

        return new CgroupJoin(unified, tasks);
    }

    private static unsafe SafeFileHandle Open(string path, int flags)
    {
        fixed (byte* p = CPath.Of(path))
        {
            var fd = FileCalls.Open(p, flags);
            return fd >= 0 ? FileCalls.Own(fd) : throw new LinuxException("open", -fd, path);
        }
    }
}
