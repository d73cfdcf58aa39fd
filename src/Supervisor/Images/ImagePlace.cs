using Devoxx.Images;
using Devoxx.Images.Archives;

namespace Devoxx.Supervisor.Images;

/// <summary>Where the command line saves images to and loads them from: <c>oci:</c>, <c>oci-archive:</c>, <c>docker-archive:</c>, with an absolute path.</summary>
/// <param name="IsLayout">A directory, not an archive.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Name">What an image is called there; null: by its own names.</param>
/// <param name="Text">As the control API takes it.</param>
public sealed record ImagePlace(bool IsLayout, string Path, string? Name, string Text)
{
    /// <returns>Null when it begins with none of the three.</returns>
    /// <exception cref="IOException">It has no path after it.</exception>
    public static ImagePlace? TryParse(string text)
    {
        if (ImagePath.TryParse(text) is not { } parsed)
        {
            return null;
        }

        var absolute = parsed with { Path = System.IO.Path.GetFullPath(parsed.Path) };
        return new ImagePlace(absolute.Kind == ImagePathKind.OciLayout, absolute.Path, absolute.Name, absolute.ToString());
    }

    /// <summary>Writes what the supervisor saves into the layout.</summary>
    /// <exception cref="IOException">It cannot be written, or is something else than a layout.</exception>
    public Task WriteLayoutAsync(Stream archive, CancellationToken cancellation) => LayoutWriter.WriteAsync(archive, Path, Name, cancellation);
}
