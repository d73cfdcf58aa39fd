using System.Net;
using System.Net.Sockets;

namespace Devoxx.Compose.Values;

/// <summary>Addresses in the strict forms that Go's net.ParseIP takes: four decimal numbers without leading zeros, or IPv6 without zone.</summary>
internal static class IpText
{
    internal static bool IsAddress(string text)
    {
        if (text.Contains(':')) return !text.AsSpan().ContainsAny('%', '[', ']') && IPAddress.TryParse(text, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6;
        var parts = text.Split('.');
        if (parts.Length != 4) return false;
        foreach (var part in parts)
        {
            if (part.Length is 0 or > 3 || part.AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
            if (part.Length > 1 && part[0] == '0' || int.Parse(part) > 255) return false;
        }
        return true;
    }
}
