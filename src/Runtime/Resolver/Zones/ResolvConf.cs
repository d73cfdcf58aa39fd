using System.Net;

namespace Devoxx.Runtime.Resolver.Zones;

/// <summary>The servers of a resolv.conf(5). Pure.</summary>
internal static class ResolvConf
{
    /// <summary>As resolv.conf(5) has it: more are not asked.</summary>
    private const int Most = 3;

    public static IPAddress[] Servers(string text) =>
    [
        .. text.Split('\n')
            .Select(line => line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
            .OfType<IPAddress>()
            .Take(Most),
    ];
}
