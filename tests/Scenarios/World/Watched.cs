using Devoxx.Native.Files;
using Devoxx.Native.Processes;

namespace Devoxx.Scenarios.World;

/// <summary>A directory whose changes are waited for, by inotify(7).</summary>
public sealed class Watched : IDisposable
{
    private readonly Inotify inotify = new();
    private readonly Reactor reactor = new();

    public Watched(string directory)
    {
        Directory = directory;
        inotify.Watch(directory, InotifyMask.Modify | InotifyMask.CloseWrite | InotifyMask.Create | InotifyMask.MovedTo | InotifyMask.Delete);
    }

    public string Directory { get; }

    /// <summary>Looks at each change until it is as wanted.</summary>
    public async Task Until(Func<bool> wanted, TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(30));
        while (!wanted())
        {
            await reactor.WhenReadable(inotify, deadline.Token);
            inotify.Read();
        }
    }

    public void Dispose()
    {
        reactor.Dispose();
        inotify.Dispose();
    }
}
