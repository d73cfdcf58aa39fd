using System.Collections.Immutable;

namespace Devoxx.Images.Build;

/// <summary>Builds for one platform after the other, and has the names stand for all of the results.</summary>
public static class PlatformBuilds
{
    /// <summary>As <see cref="IImageBuilder.BuildAsync"/>, for every platform of the request. Stages that do not depend on the platform come out of the builder's cache.</summary>
    /// <returns>The image that has the names: this machine's, where it is among them.</returns>
    /// <exception cref="ImageException">One of the builds failed: the names stand for what they stood for before.</exception>
    public static async Task<StoredImage> BuildAllAsync(this IImageBuilder builder, BuildRequest request, ImageStore store, Action<string>? output, CancellationToken cancellation)
    {
        if (request.Platforms.Length < 2)
        {
            return await builder.BuildAsync(request, store, new Lines(output, ""), cancellation);
        }

        var images = ImmutableArray.CreateBuilder<string>();
        foreach (var platform in request.Platforms)
        {
            try
            {
                var image = await builder.BuildAsync(request with { Platform = platform, Platforms = [], Tags = [] }, store, new Lines(output, $"{platform} "), cancellation);
                images.Add(image.Id);
            }
            catch (ImageException failure)
            {
                var why = failure.Message.Contains("exec format error", StringComparison.OrdinalIgnoreCase)
                    ? $"this machine does not run programs for {platform}; install an emulator (Debian, Ubuntu: apt-get install qemu-user-static binfmt-support), or build where it does\n"
                    : "";
                throw new ImageException($"for {platform}: {why}{failure.Message}", failure);
            }
        }

        return store.Group(request.Tags, images.ToImmutable());
    }

    private sealed class Lines(Action<string>? output, string prefix) : IProgress<string>
    {
        public void Report(string value) => output?.Invoke(value.Length == 0 ? value : prefix + value);
    }
}
