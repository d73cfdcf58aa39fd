using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Monitor;

namespace Devoxx.Runtime.Resolver.Sockets;

/// <summary>Something with a descriptor that epoll tells of.</summary>
internal interface ISource
{
    void OnReady(uint events);
}

/// <summary>The one place where the process waits: which descriptor is whose.</summary>
internal sealed unsafe class Sources : IDisposable
{
    private readonly Epoll _epoll = new();
    private ISource?[] _sources = new ISource?[256];

    public void Add(int fd, ISource source, uint events = Epoll.In)
    {
        if (fd >= _sources.Length)
        {
            Array.Resize(ref _sources, Math.Max(fd + 1, _sources.Length * 2));
        }

        _epoll.Add(fd, events);
        _sources[fd] = source;
    }

    public void Change(int fd, uint events) => _epoll.Change(fd, events);

    /// <summary>Forgets and closes it.</summary>
    public void Close(int fd)
    {
        if (fd >= 0 && _sources[fd] is not null)
        {
            _sources[fd] = null;
            _epoll.Remove(fd);
            FileDescriptor.Close(fd);
        }
    }

    /// <summary>Waits, at most so many milliseconds (−1: however long), and wakes whom it concerns.</summary>
    public void Turn(int milliseconds)
    {
        const int Batch = 64;
        var events = stackalloc Epoll.Event[Batch];
        var count = _epoll.Wait(events, Batch, milliseconds);
        for (var i = 0; i < count; i++)
        {
            // One that was closed in this very turn has nobody; one that took its number looks, and finds nothing.
            _sources[(int)events[i].Fd]?.OnReady(events[i].Events);
        }
    }

    public void Dispose() => _epoll.Dispose();
}
