using Devoxx.Images.Storage;

namespace Devoxx.Images.Build;

/// <summary>What a build needs beside its context; gone with it, and after a crash when the store is next opened.</summary>
internal sealed class BuildDirectory(Workspace workspace) : IDisposable
{
    private readonly string _path = workspace.NewDirectory();

    public string Archive => _path + "/image.tar";

    public string ImageIdFile => _path + "/id";

    /// <summary>A path in it for an image that the build starts from.</summary>
    public string BaseArchive(string id) => $"{_path}/{id[7..19]}.tar";

    /// <summary>The Dockerfile to name to the builder: an inline one is written here, outside the context.</summary>
    public string? Dockerfile(BuildRequest request)
    {
        if (request.DockerfileInline is null)
        {
            return request.Dockerfile is not null && !Path.IsPathRooted(request.Dockerfile) && Path.IsPathRooted(request.Context)
                ? Path.Join(request.Context, request.Dockerfile)
                : request.Dockerfile;
        }

        File.WriteAllText(_path + "/Dockerfile", request.DockerfileInline);
        return _path + "/Dockerfile";
    }

    /// <summary>Takes the result into the store.</summary>
    /// <exception cref="ImageException">It is damaged, or not for the platform that was asked for.</exception>
    public async Task<StoredImage> LoadAsync(BuildRequest request, ImageStore store, CancellationToken cancellation)
    {
        await using var archive = new FileStream(Archive, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        var image = (await store.LoadAsync(archive, cancellation: cancellation))[0];
        if (request.Platform is { } platform && (image.Platform.Os, image.Platform.Architecture) != (platform.Os, platform.Architecture))
        {
            throw new ImageException($"the builder made an image for {image.Platform}, and not for {platform}");
        }

        foreach (var tag in request.Tags)
        {
            image = store.Tag(image.Id, tag);
        }

        return image;
    }

    public void Dispose() => workspace.Dispose();
}
