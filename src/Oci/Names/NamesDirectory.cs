namespace Devoxx.Oci.Names;

/// <summary>Where the supervisor and the resolver leave things for each other.</summary>
/// <param name="Path">The <c>--directory</c> of <c>devoxx-runtime resolver</c>.</param>
public sealed record NamesDirectory(string Path)
{
    /// <summary>What all files there end with; others are still being written.</summary>
    public const string Extension = ".json";

    public string Networks => Path + "/networks";

    public string Containers => Path + "/containers";

    public string Served => Path + "/served";

    /// <summary>Held by the resolver that serves: there is one.</summary>
    public string Lock => Path + "/lock";

    /// <summary>Which process that is: a <see cref="ResolverProcessRecord"/>.</summary>
    public string Process => Path + "/resolver.json";

    /// <summary>What it complains of.</summary>
    public string Log => Path + "/resolver.log";

    public string Zone(string networkId) => $"{Networks}/{networkId}{Extension}";

    public string Client(string containerId) => $"{Containers}/{containerId}{Extension}";

    public string Answer(string containerId) => $"{Served}/{containerId}{Extension}";
}
