using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Logs;

/// <summary>
/// The files of one log, held open, so that none is lost while it is read although the monitor goes on renaming
/// <c>log</c> to <c>log.1</c>, <c>log.1</c> to <c>log.2</c> …, and deletes the last.
/// </summary>
internal static class LogFiles
{
    private const string Deleted = " (deleted)";

    /// <summary>All there are, oldest first; none when there is no log (yet).</summary>
    /// <exception cref="IOException">They cannot be read, or change faster than they can be opened.</exception>
    public static List<SafeFileHandle> OpenAll(string path) => Open(path, () => Rotations(path).Append(0));

    /// <summary>Those that came after <paramref name="current"/>, oldest first; none while it still is <c>log</c>.</summary>
    /// <exception cref="IOException">As for <see cref="OpenAll"/>.</exception>
    public static List<SafeFileHandle> OpenAfter(string path, SafeFileHandle current) => Open(path, () =>
    {
        var (log, name) = (Path.GetFileName(path), NameOf(current));
        if (name == log)
        {
            return [];
        }

        // Deleted while it was the newest: what comes after can only be a new one.
        if (name == log + Deleted)
        {
            return [0];
        }

        // Deleted as the oldest: all that there are came after.
        return NumberOf(log, name) is { } number ? Enumerable.Range(0, number).Reverse() : Rotations(path).Append(0);
    });

    /// <summary>Whether a file that was opened as <c>log</c> has been renamed or deleted since.</summary>
    public static bool IsRotated(string path, SafeFileHandle current) => NameOf(current) != Path.GetFileName(path);

    private static List<SafeFileHandle> Open(string path, Func<IEnumerable<int>> wanted)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var opened = new List<(SafeFileHandle Handle, string Name)>();
            var numbers = wanted().ToList();
            foreach (var name in numbers.Select(number => number == 0 ? path : $"{path}.{number}"))
            {
                try
                {
                    opened.Add((File.OpenHandle(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Path.GetFileName(name)));
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    // Between its rename and the making of the next; or renamed after it was listed, which shows below.
                }
            }

            // A rename in between could have made us open one file twice, or miss one.
            if (opened.TrueForAll(file => NameOf(file.Handle) == file.Name) && wanted().SequenceEqual(numbers))
            {
                return opened.ConvertAll(file => file.Handle);
            }

            opened.ForEach(file => file.Handle.Dispose());
        }

        throw new IOException($"{path} is rotated faster than it can be opened; raise its max-size");
    }

    // Highest, that is oldest, first.
    private static IEnumerable<int> Rotations(string path)
    {
        var (directory, log) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, log + ".*").Select(name => NumberOf(log, Path.GetFileName(name))).OfType<int>().OrderDescending()
            : [];
    }

    private static int? NumberOf(string log, string name) =>
        name.Length > log.Length + 1 && name.StartsWith(log, StringComparison.Ordinal) && name[log.Length] == '.'
        && int.TryParse(name.AsSpan(log.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;

    // The name it has now, wherever it has been renamed to; proc(5). Only its last part: the path to it may go over links.
    private static string NameOf(SafeFileHandle handle) =>
        Path.GetFileName(new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget ?? "");
}
