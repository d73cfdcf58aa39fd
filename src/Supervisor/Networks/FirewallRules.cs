using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;

namespace Devoxx.Supervisor.Networks;

/// <summary>One element of one of the sets and maps that the rules look into.</summary>
/// <param name="Family"><c>inet</c> or <c>bridge</c>: which of our two tables.</param>
/// <param name="Value">Of a map; null: of a set.</param>
public sealed record FirewallElement(string Family, string Set, string Key, string? Value = null)
{
    public override string ToString() => Value is null ? Key : $"{Key} : {Value}";
}

/// <summary>
/// The rules, which are always the same, and what of networks and containers the sets hold that they look into: so a container
/// comes and goes by a few elements, however many there are. Pure; written as nft(8) reads it.
/// </summary>
internal static class FirewallRules
{
    /// <summary>
    /// Both tables without elements, in the place of whatever they were. What comes to 127.0.0.0/8 from outside is not led to a port that is published there: the
    /// kernel itself would drop it, but only after the translation, and a neighbour may send there.
    /// </summary>
    public static string Skeleton(string table) => Delete(table) + $$"""
        table inet {{table}} {
          set bridges { type ifname; }
          set internal { type ifname; }
          set same { type ifname . ifname; }
          set subnets4 { type ifname . ipv4_addr; flags interval; }
          set subnets6 { type ifname . ipv6_addr; flags interval; }
          set masquerade4 { type ipv4_addr; flags interval; }
          set masquerade6 { type ipv6_addr; flags interval; }
          map any4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
          map any6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
          map at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
          map at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
          set open4 { type ifname . ipv4_addr . inet_proto . inet_service; }
          set open6 { type ifname . ipv6_addr . inet_proto . inet_service; }
          chain raw {
            type filter hook prerouting priority raw; policy accept;
            iifname @bridges ip daddr 127.0.0.0/8 drop
          }
          chain publish {
            dnat ip to ip daddr . meta l4proto . th dport map @at4
            dnat ip to meta l4proto . th dport map @any4
            ip6 daddr ::1 return
            dnat ip6 to ip6 daddr . meta l4proto . th dport map @at6
            dnat ip6 to meta l4proto . th dport map @any6
          }
          chain prerouting {
            type nat hook prerouting priority dstnat; policy accept;
            iifname != "lo" ip daddr 127.0.0.0/8 return
            fib daddr type local jump publish
          }
          chain output {
            type nat hook output priority -100; policy accept;
            fib daddr type local jump publish
          }
          chain input {
            type filter hook input priority filter; policy accept;
            iifname @internal ct state != { established, related } meta l4proto != ipv6-icmp drop
          }
          chain forward {
            type filter hook forward priority filter; policy accept;
            iifname != @bridges oifname != @bridges accept
            ct state { established, related } accept
            iifname . oifname @same accept
            iifname @internal drop
            oifname @internal drop
            ct status dnat oifname . ip daddr . meta l4proto . th dport @open4 accept
            ct status dnat oifname . ip6 daddr . meta l4proto . th dport @open6 accept
            oifname @bridges drop
          }
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr @masquerade4 oifname != @bridges masquerade
            ip6 saddr @masquerade6 oifname != @bridges masquerade
            ip saddr 127.0.0.0/8 oifname @bridges masquerade
            ct status dnat oifname . ip saddr @subnets4 masquerade
            ct status dnat oifname . ip6 saddr @subnets6 masquerade
          }
        }
        table bridge {{table}} {
          set ports { type ifname; }
          set macs { type ifname . ether_addr; }
          set ipv4 { type ifname . ipv4_addr; }
          set ipv6 { type ifname . ipv6_addr; }
          set targets { typeof iifname . @nh,384,128; }
          chain prerouting {
            type filter hook prerouting priority -300; policy accept;
            iifname != @ports accept
            iifname . ether saddr != @macs drop
            arp saddr ip 0.0.0.0 accept
            ether type arp iifname . arp saddr ether != @macs drop
            ether type arp iifname . arp saddr ip != @ipv4 drop
            ether type ip iifname . ip saddr != @ipv4 drop
            icmpv6 type nd-router-advert drop
            icmpv6 type nd-neighbor-advert iifname . @nh,384,128 != @targets drop
            ip6 saddr :: accept
            ether type ip6 iifname . ip6 saddr != @ipv6 drop
          }
        }

        """;

    /// <summary>Neither table is there any more, whether they were or not.</summary>
    public static string Delete(string table) =>
        $"add table inet {table}\ndelete table inet {table}\nadd table bridge {table}\ndelete table bridge {table}\n";

    /// <summary>From nothing known to all of it, in one transaction.</summary>
    public static string Whole(string table, ImmutableHashSet<FirewallElement> elements) =>
        elements.IsEmpty ? Delete(table) : Skeleton(table) + Change("add", table, elements);

    /// <summary>From one to the other, in one transaction; empty when there is nothing to do.</summary>
    public static string Delta(string table, ImmutableHashSet<FirewallElement> before, ImmutableHashSet<FirewallElement> after) =>
        before.IsEmpty || after.IsEmpty
            ? before.IsEmpty == after.IsEmpty ? "" : Whole(table, after)
            : Change("delete", table, before.Except(after)) + Change("add", table, after.Except(before));

    public static ImmutableArray<FirewallElement> OfNetwork(NetworkSpec spec)
    {
        if (spec.Driver != NetworkDriver.Bridge)
        {
            return [];
        }

        var link = Quote(spec.Link);
        var elements = ImmutableArray.CreateBuilder<FirewallElement>();
        elements.Add(new("inet", "bridges", link));
        if (spec.Internal)
        {
            elements.Add(new("inet", "internal", link));
        }

        if (spec.AllowsNeighbours)
        {
            elements.Add(new("inet", "same", $"{link} . {link}"));
        }

        foreach (var subnet in spec.Subnets)
        {
            var version = subnet.IsIpv6 ? "6" : "4";
            elements.Add(new("inet", "subnets" + version, $"{link} . {subnet.Subnet}"));
            if (spec.Masquerades)
            {
                elements.Add(new("inet", "masquerade" + version, subnet.Subnet));
            }
        }

        return elements.ToImmutable();
    }

    public static ImmutableArray<FirewallElement> OfLease(NetworkSpec spec, Lease lease)
    {
        if (spec.Driver != NetworkDriver.Bridge)
        {
            return [];
        }

        var port = Quote(lease.HostLink);
        var elements = ImmutableArray.CreateBuilder<FirewallElement>();
        elements.Add(new("bridge", "ports", port));
        elements.Add(new("bridge", "macs", $"{port} . {lease.Mac}"));
        var addresses = new[] { lease.Ipv4, lease.Ipv6 }.Concat(lease.LinkLocalIps).OfType<string>().Select(IPAddress.Parse).Append(LinkLocal(lease.Mac));
        foreach (var address in addresses.Distinct())
        {
            elements.Add(new("bridge", address.IsIpv6() ? "ipv6" : "ipv4", $"{port} . {address}"));
            if (address.IsIpv6())
            {
                elements.Add(new("bridge", "targets", $"{port} . 0x{Convert.ToHexStringLower(address.GetAddressBytes())}"));
            }
        }

        foreach (var published in spec.Internal ? [] : lease.Ports)
        {
            elements.AddRange(OfPort(spec, lease, published));
        }

        return elements.ToImmutable();
    }

    private static IEnumerable<FirewallElement> OfPort(NetworkSpec spec, Lease lease, PublishedPort port)
    {
        var host = port.HostIp is { } text ? IPAddress.Parse(text) : null;
        foreach (var (address, version) in new[] { (lease.Ipv4, "4"), (lease.Ipv6, "6") })
        {
            if (address is null || (host is not null && host.IsIpv6() != (version == "6")))
            {
                continue;
            }

            var service = string.Create(CultureInfo.InvariantCulture, $"{port.Protocol} . {port.HostPort}");
            var target = string.Create(CultureInfo.InvariantCulture, $"{address} . {port.Target}");
            var any = host is null || host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any);
            yield return any ? new("inet", "any" + version, service, target) : new("inet", "at" + version, $"{host} . {service}", target);
            yield return new("inet", "open" + version, string.Create(CultureInfo.InvariantCulture, $"{Quote(spec.Link)} . {address} . {port.Protocol} . {port.Target}"));
        }
    }

    /// <summary>The address that every IPv6 interface gives itself, made from its hardware address (RFC 4291, appendix A).</summary>
    public static IPAddress LinkLocal(string mac)
    {
        var m = PhysicalAddress.Parse(mac.Replace(':', '-').ToUpperInvariant()).GetAddressBytes();
        return new IPAddress((ReadOnlySpan<byte>)[0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(m[0] ^ 2), m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]]);
    }

    private static string Quote(string link) => $"\"{link}\"";

    private static string Change(string verb, string table, IEnumerable<FirewallElement> elements)
    {
        var text = new StringBuilder();
        foreach (var set in elements.GroupBy(e => (e.Family, e.Set)).OrderBy(g => g.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"{verb} element {set.Key.Family} {table} {set.Key.Set} {{ ")
                .AppendJoin(", ", set.Select(e => verb == "delete" ? e.Key : e.ToString()).Order(StringComparer.Ordinal)).Append(" }\n");
        }

        return text.ToString();
    }
}
