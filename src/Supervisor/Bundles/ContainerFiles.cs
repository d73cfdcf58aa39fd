using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Files;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Bundles;

/// <summary>Configs and secrets that are files of ours, in the bundle.</summary>
internal static class ContainerFiles
{
    /// <summary>Where the file with this index is, below the bundle.</summary>
    public static string Path(string bundle, int index) => $"{bundle}/files/{index}";

    /// <summary>Writes all of them anew. An earlier run's are replaced, not changed: whoever still has one open keeps it.</summary>
    /// <exception cref="IOException">A host file that is to be copied is not there.</exception>
    public static void Write(ContainerSpec spec, string bundle)
    {
        if (spec.Files is not { } files)
        {
            return;
        }

        Directory.CreateDirectory(bundle + "/files", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var directory = DirectoryFd.Open(bundle + "/files");
        for (var i = 0; i < files.Length; i++)
        {
            var (file, path) = (files[i], Path(bundle, i));
            File.Delete(path);
            if (file.Content is { } content)
            {
                File.WriteAllText(path, content);
            }
            else
            {
                File.Copy(file.Source!, path);
            }

            Own(directory, Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)), path, file);
        }
    }

    private static void Own(DirectoryFd directory, ReadOnlySpan<byte> name, string path, FileSpec file)
    {
        Check("fchownat", directory.ChangeOwner(name, file.Uid, file.Gid));
        // After the owner: chown(2) clears the set-id bits.
        Check("fchmodat", directory.ChangeMode(name, (uint)file.Mode));

        void Check(string call, int result)
        {
            if (result < 0)
            {
                throw new LinuxException(call, -result, path);
            }
        }
    }
}
