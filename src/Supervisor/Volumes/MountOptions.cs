using Devoxx.Native.Mounts;

namespace Devoxx.Supervisor.Volumes;

/// <summary>
/// The <c>o</c> of a volume's <c>driver_opts</c>: what mount(8) takes after <c>-o</c>, split into the flags of mount(2) and
/// the data for the filesystem.
/// </summary>
internal sealed record MountOptions(MountFlags Flags, string Data)
{
    public static MountOptions Parse(string text)
    {
        MountFlags flags = 0;
        var data = new List<string>();
        foreach (var option in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            switch (option)
            {
                case "defaults" or "rw" or "suid" or "dev" or "exec" or "async" or "loud": break;
                case "bind": flags |= MountFlags.Bind; break;
                case "rbind": flags |= MountFlags.Bind | MountFlags.Recursive; break;
                case "ro": flags |= MountFlags.ReadOnly; break;
                case "nosuid": flags |= MountFlags.NoSuid; break;
                case "nodev": flags |= MountFlags.NoDev; break;
                case "noexec": flags |= MountFlags.NoExec; break;
                case "sync": flags |= MountFlags.Synchronous; break;
                case "dirsync": flags |= MountFlags.DirSync; break;
                case "noatime": flags |= MountFlags.NoAtime; break;
                case "nodiratime": flags |= MountFlags.NoDirAtime; break;
                case "relatime": flags |= MountFlags.RelAtime; break;
                case "strictatime": flags |= MountFlags.StrictAtime; break;
                default: data.Add(option); break;
            }
        }

        return new MountOptions(flags, string.Join(',', data));
    }
}
