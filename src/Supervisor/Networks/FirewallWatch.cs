using Devoxx.Native.Netlink;
using Devoxx.Native.Processes;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// Notices when somebody else changes our tables (<c>nft flush ruleset</c>, a firewall's reload): the kernel tells of each
/// transaction what it did, and last who did it.
/// </summary>
internal sealed class FirewallWatch(string table, string signature)
{
    // linux/netfilter/nf_tables.h; the first attribute of every message but the last kind is the table's name.
    private const int NFNL_SUBSYS_NFTABLES = 10, NFT_MSG_NEWGEN = 15, TableName = 1, NFTA_GEN_PROC_NAME = 3;

    private const int GenericHeader = 4;

    private bool touched;

    /// <summary>
    /// Until cancelled: calls <paramref name="changed"/> after each transaction of somebody else that concerned our tables, and <paramref name="others"/> after
    /// those that did not.
    /// </summary>
    public async Task FollowAsync(Reactor reactor, Action changed, Action others, CancellationToken cancellation)
    {
        using var socket = NetlinkSocket.OpenNftablesNotices();
        while (true)
        {
            await reactor.WhenReadable(socket, cancellation).ConfigureAwait(false);
            var (foreign, any) = (false, false);
            var complete = socket.ReadNotices((type, payload) =>
            {
                foreign |= Take(type, payload);
                any |= EndsForeign(type, payload);
            });
            if (any || !complete)
            {
                others();
            }

            if (foreign || !complete)
            {
                changed();
            }
        }
    }

    /// <summary>Takes a message in; true when it ends a transaction of somebody else that concerned our tables.</summary>
    public bool Take(ushort type, ReadOnlySpan<byte> payload)
    {
        if (type >> 8 != NFNL_SUBSYS_NFTABLES || payload.Length < GenericHeader)
        {
            return false;
        }

        if ((type & 0xff) != NFT_MSG_NEWGEN)
        {
            touched |= Text(payload[GenericHeader..], TableName) == table;
            return false;
        }

        var foreign = touched && EndsForeign(type, payload);
        touched = false;
        return foreign;
    }

    /// <summary>It ends a transaction of somebody else.</summary>
    private bool EndsForeign(ushort type, ReadOnlySpan<byte> payload) =>
        type == ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWGEN) && payload.Length >= GenericHeader && Text(payload[GenericHeader..], NFTA_GEN_PROC_NAME) != signature;

    private static string? Text(ReadOnlySpan<byte> attributes, int type)
    {
        for (var a = new NetlinkAttributes(attributes); a.Next();)
        {
            if (a.Type == type)
            {
                return a.Text;
            }
        }

        return null;
    }
}
