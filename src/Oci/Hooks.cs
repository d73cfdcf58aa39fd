namespace Devoxx.Oci;

/// <summary>Programs run around a container's life, each given the state as JSON on its standard input.</summary>
public sealed record Hooks
{
    public IReadOnlyList<Hook>? Prestart { get; init; }

    public IReadOnlyList<Hook>? CreateRuntime { get; init; }

    public IReadOnlyList<Hook>? CreateContainer { get; init; }

    public IReadOnlyList<Hook>? StartContainer { get; init; }

    public IReadOnlyList<Hook>? Poststart { get; init; }

    public IReadOnlyList<Hook>? Poststop { get; init; }
}

/// <summary><paramref name="Timeout"/> in seconds.</summary>
public sealed record Hook(string Path, IReadOnlyList<string>? Args = null, IReadOnlyList<string>? Env = null, int? Timeout = null);
