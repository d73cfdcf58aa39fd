using System.Diagnostics;
using System.Net;
using Devoxx.Native.Namespaces;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>
/// A machine's network of a sandbox's own: a network namespace that its commands, and whatever they start, live in, with the switches, the firewall and the
/// <c>/etc/resolv.conf</c> of that machine. What happens there nobody else sees, and nobody else's doings are seen, so all of it can be compared.
/// </summary>
public sealed class Machine : IDisposable
{
    private readonly NetworkNamespace inside;
    private readonly string resolvConf;

    /// <summary>Its routing is switched off, as that of a machine that was just installed.</summary>
    /// <param name="resolvConf">What stands in its resolv.conf.</param>
    public Machine(string resolvConf = "")
    {
        this.resolvConf = resolvConf;
        inside = NetworkNamespace.Create(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "0");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "0");
        });
    }

    public NetworkNamespace Namespace => inside;

    /// <summary>Has the commands of a sandbox run there, from its first on.</summary>
    public void Surround(Sandbox sandbox)
    {
        var resolv = sandbox.Write(resolvConf, "machine/resolv.conf");
        var forwarding = Directory.CreateDirectory(sandbox.Directory + "/machine/forwarding").FullName;
        sandbox.Prelude = $"""
            mkdir -p /run/devoxx-forwarding
            mount --bind {forwarding} /run/devoxx-forwarding
            mount --bind {resolv} /etc/resolv.conf
            exec nsenter --net={inside.Path} "$0" "$@"
            """;
    }

    public void Dispose() => inside.Dispose();

    public T Run<T>(Func<T> work) => inside.Run(work);

    /// <summary>A web page, asked for on that machine itself; null: there is no way.</summary>
    public string? Get(IPAddress address, int port) => inside.Run(() => Http.Get(address, port));

    /// <summary>The lines that a program prints there; fails when it does.</summary>
    public IReadOnlyList<string> Witness(string program, params string[] arguments) =>
        World.Witness.Of("nsenter", ["--net=" + inside.Path, program, .. arguments]);

    /// <summary>A program that goes on there.</summary>
    public RunningCommand Start(string program, params string[] arguments) => new(new ProcessStartInfo("nsenter", ["--net=" + inside.Path, program, .. arguments]));

    /// <summary>All of its network, line by line: links, addresses, routes, rules of routing, the whole firewall, all switches.</summary>
    public IReadOnlyList<string> Everything() =>
    [
        .. Witness("ip", "-d", "-o", "link").Select(l => "link " + l), .. Witness("ip", "-o", "address").Select(l => "address " + Settled(l)),
        .. Witness("ip", "-4", "route", "show", "table", "all").Concat(Witness("ip", "-6", "route", "show", "table", "all")).Select(l => "route " + l),
        .. Witness("ip", "rule").Concat(Witness("ip", "-6", "rule")).Select(l => "rule " + l), .. Witness("ip", "netns").Select(l => "netns " + l),
        .. Witness("nft", "list", "ruleset").Select(l => "nft " + l),

        // Not what only counts, nor what cannot be read.
        .. Witness("sh", "-c", "cd /proc/sys/net && grep -rs . ipv4 ipv6 bridge netfilter core unix | grep -v -e nf_conntrack_count -e stable_secret | sort").Select(l => "switch " + l),
    ];

    /// <summary>Fails with the differences, one a line.</summary>
    public void AssertAsBefore(IReadOnlyList<string> before)
    {
        var now = Everything();
        var differences = now.Except(before).Select(line => "new: " + line).Concat(before.Except(now).Select(line => "gone: " + line)).ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>Looks again and again, as there is no one notice for all that may be waited for; fails after twenty seconds.</summary>
    public static async Task Until(Func<bool> wanted, string what)
    {
        for (var deadline = Environment.TickCount64 + 20_000; !wanted(); await Task.Delay(20))
        {
            Assert.True(Environment.TickCount64 < deadline, "in vain: " + what);
        }
    }

    /// <summary>Lifetimes go by.</summary>
    private static string Settled(string address) => address.Split(" valid_lft")[0];
}
