using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Writes the maps of ids of a new user namespace (user_namespaces(7)).</summary>
internal static class IdMaps
{
    public static void Write(int pid, LinuxSpec linux)
    {
        if (linux.UidMappings is not { Count: > 0 } uids || linux.GidMappings is not { Count: > 0 } gids)
        {
            throw new SetupException("a new user namespace needs linux.uidMappings and linux.gidMappings");
        }

        if (Environment.IsPrivilegedProcess)
        {
            Put(pid, "uid_map", Text(uids));
            Put(pid, "gid_map", Text(gids));
            return;
        }

        WriteAsUser(pid, uids, gids);
    }

    /// <summary>The lines of such a file.</summary>
    public static string Text(IReadOnlyList<IdMapping> mappings)
    {
        var text = new StringBuilder();
        foreach (var mapping in mappings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        return text.ToString();
    }

    /// <summary>
    /// An ordinary user may map itself alone, and groups only once setgroups(2) is given up; whatever else /etc/subuid and /etc/subgid allow it, is done by
    /// newuidmap(1) and newgidmap(1), which have the right to.
    /// </summary>
    private static void WriteAsUser(int pid, IReadOnlyList<IdMapping> uids, IReadOnlyList<IdMapping> gids)
    {
        if (uids is [{ Size: 1 }])
        {
            Put(pid, "uid_map", Text(uids));
        }
        else
        {
            Map("newuidmap", pid, uids);
        }

        if (gids is [{ Size: 1 }])
        {
            Put(pid, "setgroups", "deny");
            Put(pid, "gid_map", Text(gids));
        }
        else
        {
            Map("newgidmap", pid, gids);
        }
    }

    private static void Map(string program, int pid, IReadOnlyList<IdMapping> mappings)
    {
        var path = "/usr/bin/" + program;
        if (!File.Exists(path))
        {
            throw new SetupException($"mapping more than one id as an ordinary user needs {program}, which is not there; install the package uidmap (shadow-utils elsewhere)");
        }

        List<string> arguments = [program, pid.ToString(CultureInfo.InvariantCulture)];
        arguments.AddRange(Text(mappings).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        using var errors = new SafeFileHandle(2, ownsHandle: false);
        using var process = Spawn.Start(path, arguments, [], stderr: errors);
        var status = Exec.ExecRun.Wait(process.PidFd);
        if (status.ExitCode != 0)
        {
            throw new SetupException($"{program} failed with exit code {status.ExitCode}; see /etc/subuid and /etc/subgid for what this user may map");
        }
    }

    // One write of all lines: the kernel takes no second one.
    private static void Put(int pid, string file, string text)
    {
        var path = $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/{file}";
        var fd = FileDescriptor.Open(path, Linux.O_WRONLY);
        try
        {
            FileDescriptor.WriteAll(fd, Encoding.ASCII.GetBytes(text));
        }
        catch (LinuxException e)
        {
            throw new SetupException($"write '{text.TrimEnd()}' to {path}: {e.Message}");
        }
        finally
        {
            FileDescriptor.Close(fd);
        }
    }
}
