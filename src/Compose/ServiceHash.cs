using System.Security.Cryptography;
using System.Text;
using Devoxx.Compose.Rendering;

namespace Devoxx.Compose;

/// <summary>
/// What a container was made from, as one number: if it changes, the container has to be made anew. As in the reference,
/// what leaves a running container as it is does not count: build, pull policy, replicas, dependencies and profiles.
/// </summary>
public static class ServiceHash
{
    /// <summary>64 lower-case hexadecimal digits: SHA-256 of the service's compact canonical JSON.</summary>
    public static string Of(Service service)
    {
        var counted = service with
        {
            Build = null,
            PullPolicy = null,
            Scale = null,
            Deploy = service.Deploy is { } deploy ? deploy with { Replicas = null } : null,
            DependsOn = Sorted<Dependency>.Empty,
            Profiles = [],
        };
        var writer = new JsonCanonicalWriter(indented: false);
        Render.Service(writer, counted);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(writer.ToString())));
    }
}
