using System.Collections.Immutable;
using Devoxx.Native.Nftables;
using Devoxx.Supervisor.Actors;

namespace Devoxx.Supervisor.Networks;

/// <summary>Which chains of other programs stand in the way of our networks: looked for when somebody asks, and again only after somebody else has changed a rule.</summary>
/// <param name="ourTable">The name of our own tables.</param>
/// <param name="bridges">What the names of our bridges begin with. A table that mentions them has been told about them.</param>
internal sealed class ForwardObstacles(string ourTable, string bridges)
{
    private readonly Lock gate = new();
    private Task<ImmutableArray<ForwardObstacle>>? known;
    private bool watched;

    /// <summary>From here on <see cref="Changed"/> is called when there is something to look for again.</summary>
    public void Watched()
    {
        lock (gate)
        {
            (watched, known) = (true, null);
        }
    }

    public void Changed()
    {
        lock (gate)
        {
            known = null;
        }
    }

    public Task<ImmutableArray<ForwardObstacle>> FindAsync(KernelThreads kernel)
    {
        lock (gate)
        {
            return watched && known is { IsFaulted: false } ? known : known = kernel.Run(Look);
        }
    }

    private ImmutableArray<ForwardObstacle> Look()
    {
        if (!Nftables.IsInstalled)
        {
            return []; // Networks say so themselves.
        }

        using var nftables = Nftables.Open();
        return
        [
            .. ForwardObstacle.Candidates(nftables.Run("list chains"), ourTable)
                .Select(c => c.Why.Length > 0 ? c : c with { Why = Barrier(nftables, c) ?? "" })
                .Where(c => c.Why.Length > 0 && !Mentions(nftables, c)),
        ];
    }

    private static string? Barrier(Nftables nftables, ForwardObstacle chain) =>
        ForwardObstacle.Barrier(nftables.Run($"list chain {chain.Family} {chain.Table} {chain.Chain}"));

    private bool Mentions(Nftables nftables, ForwardObstacle chain) =>
        nftables.Run($"list table {chain.Family} {chain.Table}").Contains(bridges, StringComparison.Ordinal);
}
