using System.Globalization;

namespace Devoxx.Supervisor.Volumes;

/// <summary>Who keeps a mount busy: processes with a file, a working directory, a root or a mapping in it.</summary>
internal static class MountHolders
{
    /// <summary><c>name (pid)</c> of each, at most ten. Processes come and go meanwhile: what cannot be read is passed over.</summary>
    public static IReadOnlyList<string> Of(string mountPoint)
    {
        var holders = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (holders.Count == 10)
            {
                break;
            }

            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Holds(directory, mountPoint))
            {
                holders.Add($"{Name(directory)} ({pid})");
            }
        }

        return holders;
    }

    private static bool Holds(string process, string mountPoint)
    {
        try
        {
            return Links(process).Any(target => target == mountPoint || target.StartsWith(mountPoint + "/", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Links(string process) =>
        new[] { "/cwd", "/root", "/exe" }.Select(name => process + name)
            .Concat(Directory.EnumerateFileSystemEntries(process + "/fd"))
            .Select(link => new FileInfo(link).LinkTarget)
            .OfType<string>();

    private static string Name(string process)
    {
        try
        {
            return File.ReadAllText(process + "/comm").Trim();
        }
        catch (IOException)
        {
            return "a process that is gone";
        }
    }
}
