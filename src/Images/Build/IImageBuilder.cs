namespace Devoxx.Images.Build;

/// <summary>A program that builds images.</summary>
public interface IImageBuilder
{
    /// <summary>As people know it: <c>buildah</c>, <c>buildctl</c>.</summary>
    string Name { get; }

    /// <summary>Builds, and takes the result into the store under the request's names.</summary>
    /// <param name="output">What the builder prints, line by line.</param>
    /// <exception cref="ImageException">The build failed, with the builder's last words; or the request has something that this builder cannot do.</exception>
    Task<StoredImage> BuildAsync(BuildRequest request, ImageStore store, IProgress<string>? output, CancellationToken cancellation);
}
