namespace Devoxx.Supervisor.Copying;

/// <summary>A path as <c>cp</c> takes it: <c>dir/.</c> is what a directory holds, and <c>name/</c> is a directory or nothing.</summary>
/// <param name="Full">Absolute, without <c>.</c>, <c>..</c> or slashes at its end; <c>/</c> is the root itself.</param>
/// <param name="IsContent">It ended in <c>/.</c>.</param>
/// <param name="IsDirectory">It ended in a slash.</param>
public sealed record CopyPath(string Full, bool IsContent, bool IsDirectory)
{
    /// <param name="directory">What a relative path starts from: of a container always <c>/</c>.</param>
    public static CopyPath Parse(string text, string directory) => new(
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(text.Length == 0 ? "." : text, directory)),
        text == "." || text.EndsWith("/.", StringComparison.Ordinal),
        text.EndsWith('/'));

    /// <summary>The directory it is in.</summary>
    public string Parent => Path.GetDirectoryName(Full) ?? "/";

    /// <summary>The last component; empty for the root.</summary>
    public string Name => Path.GetFileName(Full);

    public bool IsRoot => Full == "/";
}
