using Devoxx.Runtime.Resolver.Messages;
using Devoxx.Runtime.Resolver.Sockets;

namespace Devoxx.Runtime.Resolver.Forwarding;

/// <summary>All queries that are on their way to the outside, and the only clock of the process: that of their tries.</summary>
internal sealed class Forwarder(Sources sources, HostServers host)
{
    /// <summary>Each has a descriptor: so many at once, and no container has more than a part of them.</summary>
    private const int MostAtOnce = 4096, MostOfOneClient = 512;

    private readonly Queue<(Exchange Exchange, int Try, long Until)> _tries = new();
    private readonly Dictionary<Exchange, object> _open = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, int> _counts = new(ReferenceEqualityComparer.Instance);

    public Sources Sources => sources;

    /// <summary>For whatever comes in or goes out: used by one at a time, and never kept.</summary>
    public byte[] Buffer { get; } = new byte[Numbers.LargestMessage];

    /// <summary>Until when <see cref="Expire"/> has nothing to do, in milliseconds; −1: nobody waits.</summary>
    public int Patience
    {
        get
        {
            while (_tries.TryPeek(out var next) && (next.Exchange.IsOver || next.Exchange.Try != next.Try))
            {
                _tries.Dequeue();
            }

            return _tries.Count == 0 ? -1 : (int)Math.Max(0, _tries.Peek().Until - Environment.TickCount64);
        }
    }

    /// <param name="client">Whoever's queries are counted together.</param>
    /// <param name="own">Servers that the client has instead of the host's, asked from its namespace; null: it has none.</param>
    /// <returns>False: there are too many already, or nobody to ask.</returns>
    public bool Begin(object client, Upstreams? own, NetNamespace @namespace, IAsker asker, in Query query, bool isTcp)
    {
        var upstreams = own ?? host.Current();
        var count = _counts.GetValueOrDefault(client);
        if (upstreams.Count == 0 || _open.Count >= MostAtOnce || count >= MostOfOneClient)
        {
            return false;
        }

        var exchange = new Exchange(this, upstreams, own is null ? NetNamespace.Host : @namespace, asker, query, isTcp);
        _open.Add(exchange, client);
        _counts[client] = count + 1;
        exchange.Next();
        return true;
    }

    public void Expect(Exchange exchange) => _tries.Enqueue((exchange, exchange.Try, Environment.TickCount64 + Exchange.TryMs));

    public void Ended(Exchange exchange)
    {
        if (_open.Remove(exchange, out var client) && --System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_counts, client) == 0)
        {
            _counts.Remove(client);
        }
    }

    /// <summary>A client has gone.</summary>
    public void Abandon(object client)
    {
        foreach (var exchange in _open.Where(open => ReferenceEquals(open.Value, client)).Select(open => open.Key).ToList())
        {
            exchange.Abandon();
        }
    }

    /// <summary>Asks again for whatever has waited long enough.</summary>
    public void Expire()
    {
        while (Patience == 0)
        {
            _tries.Dequeue().Exchange.Expire();
        }
    }
}
