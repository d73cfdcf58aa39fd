namespace Devoxx.Compose.Loading;

/// <summary>References that the reference implementation would fetch: Git repositories and OCI artifacts.</summary>
internal static class RemoteResource
{
    internal static bool Is(string path)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["oci://", "https://", "http://", "git://", "ssh://", "git@", "github.com/"])
            if (path.StartsWith(prefix, StringComparison.Ordinal)) return true;
        return false;
    }
}
