using System.Net;

namespace Devoxx.Images.Registry;

/// <summary>
/// The proxy that the environment names, by the rules that Docker's tools go by (golang.org/x/net, http/httpproxy): .NET's own reading of <c>NO_PROXY</c> knows
/// no networks (<c>10.0.0.0/8</c>), no ports, no <c>*</c>, and takes <c>example.com</c> for that host only.
/// </summary>
internal sealed class EnvironmentProxy : IWebProxy
{
    private readonly Uri? _http;
    private readonly Uri? _https;
    private readonly string[] _except;

    /// <param name="variable">Looked up in capitals first, then in small letters.</param>
    /// <exception cref="ImageException">A variable has something that is no proxy.</exception>
    public EnvironmentProxy(Func<string, string?> variable)
    {
        _http = Proxy(variable, "HTTP_PROXY") ?? Proxy(variable, "ALL_PROXY");
        _https = Proxy(variable, "HTTPS_PROXY") ?? Proxy(variable, "ALL_PROXY");
        _except = (Either(variable, "NO_PROXY") ?? "").Split((char[])[',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Credentials = new Userinfo();
    }

    /// <summary>Those that stand in the proxy's own address.</summary>
    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : destination.Scheme == "https" ? _https : _http;

    public bool IsBypassed(Uri host) =>
        (host.Scheme == "https" ? _https : _http) is null || host.IsLoopback || Array.Exists(_except, rule => IsExcepted(host.IdnHost.ToLowerInvariant(), host.Port, rule.ToLowerInvariant()));

    /// <summary>A name means also what lies below it; with a dot or <c>*.</c> in front, only that.</summary>
    private static bool IsExcepted(string host, int port, string rule)
    {
        if (rule == "*")
        {
            return true;
        }

        var address = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        if (IPNetwork.TryParse(rule, out var network))
        {
            return address is not null && network.Contains(address);
        }

        var name = rule;
        if (!IPAddress.TryParse(rule, out _) && rule.LastIndexOf(':') is var colon and > 0)
        {
            if (!ushort.TryParse(rule.AsSpan(colon + 1), out var only) || only != port)
            {
                return false;
            }

            name = rule[..colon];
        }

        if (IPAddress.TryParse(name, out var single))
        {
            return single.Equals(address);
        }

        name = name.StartsWith("*.", StringComparison.Ordinal) ? name[1..] : name;
        return name.StartsWith('.') ? host.EndsWith(name, StringComparison.Ordinal) : host == name || host.EndsWith("." + name, StringComparison.Ordinal);
    }

    private static string? Either(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } upper ? upper : variable(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower : null;

    private static Uri? Proxy(Func<string, string?> variable, string name)
    {
        if (Either(variable, name) is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" or "socks4" or "socks4a" or "socks5" && address.Host.Length > 0
            ? address
            : throw new ImageException($"{name} is set to '{text}', which is no address of a proxy; expected e.g. http://proxy.example:3128");
    }

    private sealed class Userinfo : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) =>
            uri.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password] ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password.FirstOrDefault() ?? "")) : null;
    }
}
