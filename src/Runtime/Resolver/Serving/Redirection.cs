using Devoxx.Native.Nftables;

namespace Devoxx.Runtime.Resolver.Serving;

/// <summary>
/// The way from 127.0.0.11 port 53 to where the resolver's sockets are. They cannot be at port 53 themselves: a server in the container
/// that listens at port 53 of every address would then find it taken (EADDRINUSE, for UDP and for TCP; SO_REUSEADDR helps only if the
/// container's server sets it too, and for TCP not at all).
/// </summary>
internal static class Redirection
{
    /// <summary>
    /// In the namespace that the thread is in, whatever was there before. The ports are rewritten packet by packet (no state is kept of them, and
    /// nothing that the container sends is tracked because of this). While no resolver is there the kernel
    /// must not say that nobody listens: who asks would believe it at once (ECONNREFUSED) instead of asking again.
    /// </summary>
    /// <exception cref="NftablesException">The kernel or the library cannot do it.</exception>
    public static void Set(int port)
    {
        using var nftables = Nftables.Open();
        nftables.Run($$"""
            add table ip devoxx_names
            delete table ip devoxx_names
            table ip devoxx_names {
              chain output {
                type filter hook output priority raw
                ip daddr != 127.0.0.11 ip saddr != 127.0.0.11 accept
                ip daddr 127.0.0.11 udp dport 53 notrack udp dport set {{port}} accept
                ip daddr 127.0.0.11 tcp dport 53 notrack tcp dport set {{port}} accept
                ip saddr 127.0.0.11 udp sport {{port}} notrack udp sport set 53 accept
                ip saddr 127.0.0.11 tcp sport {{port}} notrack tcp sport set 53 accept
                ip saddr 127.0.0.11 icmp type destination-unreachable drop
              }
            }
            """);
    }
}
