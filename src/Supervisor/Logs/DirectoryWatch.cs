using Devoxx.Native;
using Devoxx.Native.Files;

namespace Devoxx.Supervisor.Logs;

/// <summary>
/// Waits for changes in directories: one inotify(7) instance for any number of them, and no thread but the one that waits.
/// </summary>
internal sealed class DirectoryWatch : IDisposable
{
    private readonly Inotify inotify = new();
    private readonly EventFd wake = new();

    /// <summary>Watches one more directory; what <see cref="Wait"/> calls it by.</summary>
    /// <exception cref="LinuxException">ENOENT: there is no such directory; ENOSPC: <c>fs.inotify.max_user_watches</c>.</exception>
    public int Add(string directory, InotifyMask changes) => inotify.Watch(directory, changes | InotifyMask.OnlyDirectory);

    /// <summary>Watches a directory no longer.</summary>
    public void Remove(int number) => inotify.Unwatch(number);

    /// <summary>Makes the wait under way, or the next one, return. From any thread.</summary>
    public void Wake()
    {
        try
        {
            wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    /// <summary>Waits for a change, <see cref="Wake"/>, or the time to be over.</summary>
    /// <param name="atMost">Null waits for ever; zero only takes what there is.</param>
    /// <returns>What changed, none when it was something else that ended the wait.</returns>
    public IReadOnlyList<InotifyEvent> Wait(TimeSpan? atMost)
    {
        Poll.Readable(inotify, wake, atMost);
        wake.Reset();
        return inotify.Read();
    }

    /// <summary>Ends all watching.</summary>
    public void Dispose()
    {
        inotify.Dispose();
        wake.Dispose();
    }
}
