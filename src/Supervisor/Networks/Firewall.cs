using System.Collections.Concurrent;
using System.Collections.Immutable;
using Devoxx.Native.Nftables;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// Writes our two tables and nothing else. What is asked for while a transaction runs goes into the next one together, as the
/// journal does it: fifty containers that come at once cost a few transactions. Until <see cref="ReconcileAsync"/> it only takes
/// note, because what is in force of an earlier supervisor is replaced by all that is wanted, not by a part.
/// </summary>
/// <param name="table">The name of both tables.</param>
/// <param name="signature">The name of the thread that writes them, which the kernel tells with each change; at most 15 characters.</param>
internal sealed class Firewall(string table, string signature) : IDisposable
{
    private readonly BlockingCollection<Wish> wishes = [];
    private readonly Lock gate = new();
    private Thread? writer;
    private ImmutableDictionary<string, ImmutableArray<FirewallElement>> wanted = ImmutableDictionary<string, ImmutableArray<FirewallElement>>.Empty;
    private ImmutableHashSet<FirewallElement> inForce = [];
    private bool reconciled;

    public string Table => table;

    public string Signature => signature;

    /// <summary>Elements of one owner, in the place of those it had; none: it has gone. Completes when they are in force.</summary>
    /// <exception cref="NftablesException">Refused; then what was before is still in force.</exception>
    public Task SetAsync(string owner, ImmutableArray<FirewallElement> elements) => Enqueue(new Wish(owner, elements));

    /// <summary>Puts in force all that has been set, whatever there was before: at the end of recovery, and when somebody else has changed our tables.</summary>
    public Task ReconcileAsync() => Enqueue(new Wish(null, []));

    public void Dispose() => wishes.CompleteAdding();

    private Task Enqueue(Wish wish)
    {
        lock (gate)
        {
            if (writer is null)
            {
                writer = new Thread(Write, 512 * 1024) { IsBackground = true, Name = signature };
                writer.Start();
            }
        }

        wishes.Add(wish);
        return wish.Done.Task;
    }

    private void Write()
    {
        Nftables? nftables = null;
        var waiting = new List<Wish>();
        foreach (var first in wishes.GetConsumingEnumerable())
        {
            waiting.Add(first);
            while (wishes.TryTake(out var next))
            {
                waiting.Add(next);
            }

            reconciled |= waiting.Any(w => w.Owner is null);
            if (!reconciled)
            {
                wanted = Apply(waiting, wanted);
                continue;
            }

            Commit(waiting, ref nftables);
            waiting.Clear();
        }

        nftables?.Dispose();
    }

    private void Commit(List<Wish> together, ref Nftables? nftables)
    {
        if (TryCommit(together, ref nftables) is not { } error)
        {
            together.ForEach(w => w.Done.TrySetResult());
            return;
        }

        if (together.Count == 1)
        {
            together[0].Done.TrySetException(error);
            return;
        }

        // One of them is at fault: each by itself.
        foreach (var wish in together)
        {
            Commit([wish], ref nftables);
        }
    }

    private NftablesException? TryCommit(List<Wish> wishes, ref Nftables? nftables)
    {
        var next = Apply(wishes, wanted);
        var elements = next.Values.SelectMany(e => e).ToImmutableHashSet();
        var anew = wishes.Any(w => w.Owner is null);
        try
        {
            if (anew && elements.IsEmpty && !Nftables.IsInstalled)
            {
                return null;
            }

            var change = anew ? FirewallRules.Whole(table, elements) : FirewallRules.Delta(table, inForce, elements);
            if (change.Length > 0)
            {
                nftables ??= Nftables.Open();
                try
                {
                    nftables.Run(change);
                }
                catch (NftablesException) when (!anew)
                {
                    // Somebody has taken our tables away meanwhile: a change finds nothing to change.
                    nftables.Run(FirewallRules.Whole(table, elements));
                }
            }

            wanted = next;
            inForce = elements;
            return null;
        }
        catch (NftablesException e)
        {
            return e;
        }
    }

    private static ImmutableDictionary<string, ImmutableArray<FirewallElement>> Apply(
        List<Wish> wishes, ImmutableDictionary<string, ImmutableArray<FirewallElement>> wanted)
    {
        foreach (var wish in wishes)
        {
            if (wish.Owner is { } owner)
            {
                wanted = wish.Elements.IsEmpty ? wanted.Remove(owner) : wanted.SetItem(owner, wish.Elements);
            }
        }

        return wanted;
    }

    /// <param name="Owner">Null: all anew.</param>
    private sealed record Wish(string? Owner, ImmutableArray<FirewallElement> Elements)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
