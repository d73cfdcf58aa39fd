using System.Collections.Immutable;

namespace Devoxx.Images.Registry;

/// <summary>Which registries have mirrors, and which may be spoken to without TLS.</summary>
public sealed record RegistriesConfiguration
{
    public static RegistriesConfiguration Empty { get; } = new();
}
