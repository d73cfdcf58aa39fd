namespace Devoxx.Images;

/// <summary>Something about an image that the person who asked can understand and mend: the message is for them.</summary>
public class ImageException : IOException
{
    public ImageException(string message)
        : base(message)
    {
    }

    public ImageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>There is no such image in the store.</summary>
public sealed class ImageNotFoundException(string name) : ImageException($"no such image: {name}")
{
    public string Name { get; } = name;
}

/// <summary>The image is used by a container and was not removed.</summary>
public sealed class ImageInUseException(string name, string user) : ImageException($"image {name} is in use by {user}")
{
    public string Name { get; } = name;

    public string User { get; } = user;
}

/// <summary>No registry could be reached, or it could not answer; nothing is known about the image itself.</summary>
/// <param name="reason">Which registry, and what it does: the message without what was wanted of it and what to do instead.</param>
public sealed class RegistryUnreachableException(string message, string reason, Exception inner) : ImageException(message, inner)
{
    public string Reason { get; } = reason;
}

/// <summary>Content is not what its digest says.</summary>
public sealed class DigestMismatchException(string message) : ImageException(message);
