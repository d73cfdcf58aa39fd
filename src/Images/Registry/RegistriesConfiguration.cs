using System.Collections.Immutable;
using System.Net;

namespace Devoxx.Images.Registry;

/// <summary>Where a registry's content may be fetched from instead, and with what care.</summary>
/// <param name="Location">Host with port, and possibly a path in front of every repository: <c>mirror.example/hub</c>.</param>
/// <param name="Insecure">TLS without a known certificate, and plain HTTP, are accepted; null: from this machine only, as Docker does.</param>
/// <param name="For">What it is asked for.</param>
public sealed record RegistryMirror(string Location, bool? Insecure, MirrorUse For = MirrorUse.All);

/// <summary><c>pull-from-mirror</c>: a mirror that lags behind is good for digests, which cannot lie, and bad for tags.</summary>
public enum MirrorUse
{
    All,
    DigestOnly,
    TagOnly,
}

/// <summary>One <c>[[registry]]</c>.</summary>
/// <param name="Prefix">The names it is about: a host, a host and a path, or <c>*.example.com</c>.</param>
/// <param name="Location">What takes the prefix's place; null for the prefix itself.</param>
public sealed record RegistryRule(string Prefix, string? Location, bool? Insecure, bool Blocked, ImmutableArray<RegistryMirror> Mirrors);

/// <summary>
/// Which registries have mirrors, are insecure or blocked: the part of containers-registries.conf(5), version 2, that does not concern short names.
/// </summary>
public sealed record RegistriesConfiguration(ImmutableArray<RegistryRule> Rules)
{
    public static RegistriesConfiguration Empty { get; } = new([]);

    /// <summary>Reads the first of <c>$DEVOXX_REGISTRIES_CONF</c>, <c>/etc/devoxx/registries.conf</c> and <c>/etc/containers/registries.conf</c> (with <c>registries.conf.d</c>) that is there.</summary>
    /// <exception cref="ImageException">It is malformed; the message has file and line.</exception>
    public static RegistriesConfiguration Load(Func<string, string?> environment)
    {
        if (environment("DEVOXX_REGISTRIES_CONF") is { Length: > 0 } named)
        {
            return RegistriesFile.Parse(File.ReadAllText(named), named);
        }

        var path = Array.Find((string[])["/etc/devoxx/registries.conf", "/etc/containers/registries.conf"], File.Exists);
        var main = path is null ? Empty : RegistriesFile.Parse(File.ReadAllText(path), path);
        return path == "/etc/devoxx/registries.conf" ? main : main.With(DropIns("/etc/containers/registries.conf.d"));
    }

    /// <summary>The files of a directory in the order of their names; what a later one says of a prefix counts.</summary>
    /// <exception cref="ImageException">One is malformed.</exception>
    internal static RegistriesConfiguration DropIns(string directory) => !Directory.Exists(directory) ? Empty
        : Directory.EnumerateFiles(directory, "*.conf").Order(StringComparer.Ordinal).Aggregate(Empty, (all, file) => all.With(RegistriesFile.Parse(File.ReadAllText(file), file)));

    private RegistriesConfiguration With(RegistriesConfiguration later) =>
        new([.. Rules.Where(rule => later.Rules.All(other => other.Prefix != rule.Prefix)), .. later.Rules]);

    /// <summary>Where to ask for an image, best first: the mirrors of the longest prefix that matches, then the registry itself.</summary>
    /// <exception cref="ImageException">The registry is blocked.</exception>
    public ImmutableArray<RegistryEndpoint> EndpointsOf(ImageReference reference)
    {
        var rule = Rules.Where(rule => Matches(rule.Prefix, reference)).MaxBy(rule => rule.Prefix.Length);
        if (rule is { Blocked: true })
        {
            throw new ImageException($"{reference.Domain} is blocked by the registries configuration (blocked = true for '{rule.Prefix}')");
        }

        var endpoints = ImmutableArray.CreateBuilder<RegistryEndpoint>();
        if (rule is not null)
        {
            endpoints.AddRange(rule.Mirrors.Where(mirror => mirror.For == MirrorUse.All || mirror.For == MirrorUse.DigestOnly == reference.Digest is not null).Select(mirror => Endpoint(mirror.Location, rule.Prefix, reference, mirror.Insecure)));
            endpoints.Add(rule.Location is null || rule.Prefix.StartsWith('*')
                ? Endpoint(reference.Domain, reference.Domain, reference, rule.Insecure)
                : Endpoint(rule.Location, rule.Prefix, reference, rule.Insecure));
        }
        else
        {
            endpoints.Add(Endpoint(reference.Domain, reference.Domain, reference, insecure: null));
        }

        return endpoints.ToImmutable();
    }

    private static bool Matches(string prefix, ImageReference reference)
    {
        if (prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            return reference.Domain.EndsWith(prefix[1..], StringComparison.Ordinal);
        }

        var name = reference.Name;
        return name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length || name[prefix.Length] is '/');
    }

    private static RegistryEndpoint Endpoint(string location, string prefix, ImageReference reference, bool? insecure)
    {
        var path = prefix.StartsWith('*') ? reference.Path : reference.Name[prefix.Length..].TrimStart('/');
        var whole = location + "/" + path;
        var slash = whole.IndexOf('/');
        var host = whole[..slash];
        return new RegistryEndpoint(host, whole[(slash + 1)..], insecure ?? IsLoopback(host), IsLoopback(host));
    }

    private static bool IsLoopback(string host)
    {
        var name = host.StartsWith('[') ? host[1..host.IndexOf(']')] : host.Split(':')[0];
        return name == "localhost" || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }
}

/// <summary>A registry to talk to about one repository.</summary>
/// <param name="Host">Host with port; <c>docker.io</c> stands for itself here.</param>
/// <param name="Repository">The repository's name there.</param>
/// <param name="Insecure">TLS without a known certificate, and plain HTTP, are accepted.</param>
/// <param name="IsLocal">On this machine: plain HTTP is tried first where it is accepted, and no proxy is used.</param>
public sealed record RegistryEndpoint(string Host, string Repository, bool Insecure, bool IsLocal)
{
    /// <summary>Docker Hub's registry has another name than its images.</summary>
    public string Authority => Host == ImageReference.DefaultDomain ? "registry-1.docker.io" : Host;

    /// <summary>Schemes in the order of trying.</summary>
    public ImmutableArray<string> Schemes => !Insecure ? ["https"] : IsLocal ? ["http", "https"] : ["https", "http"];
}
