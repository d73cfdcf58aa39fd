using System.Collections.Immutable;

namespace Devoxx.Images;

/// <summary>Looks users and groups up in an image's own passwd and group files.</summary>
public static class UserLookup
{
    /// <summary>Resolves <c>user[:group]</c>, names or numbers; null or empty is root.</summary>
    /// <param name="layerDirectories">
    /// Base first, as <see cref="StoredImage.LayerDirectories"/>; a running container's <c>upper</c> may follow, so that users it has added are found.
    /// </param>
    /// <exception cref="ImageException">The name is not in the image, the text is malformed, or a file is no regular one or too big.</exception>
    public static UserIdentity Resolve(ImmutableArray<string> layerDirectories, string? user) => throw new NotSupportedException();
}
