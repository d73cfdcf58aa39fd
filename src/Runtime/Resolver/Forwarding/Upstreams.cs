using System.Net;

namespace Devoxx.Runtime.Resolver.Forwarding;

/// <summary>Servers in the order in which they are asked; one that does not answer is passed over for a while.</summary>
internal sealed class Upstreams(IPAddress[] servers)
{
    private const int PassedOverMs = 30_000;

    private int _first;
    private long _until;

    public int Count => servers.Length;

    /// <summary>Where to begin now.</summary>
    public int First(long now) => now < _until ? _first : 0;

    public IPAddress this[int index] => servers[index % servers.Length];

    /// <summary>One did not answer: the next is asked first.</summary>
    public void Pass(int index, long now)
    {
        if (index % Count == First(now))
        {
            (_first, _until) = ((index + 1) % Count, now + PassedOverMs);
        }
    }
}
