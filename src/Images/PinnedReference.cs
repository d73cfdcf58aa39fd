using Devoxx.Images.Registry;

namespace Devoxx.Images;

/// <summary>A name with the digest that it stands for now, so that it will stand for the same tomorrow.</summary>
public static class PinnedReference
{
    /// <summary>
    /// The canonical name with tag and digest: of the index where there is one, so that it is good for every platform. What has a
    /// digest already is not asked for; its tag, which says nothing then, is left out (compose-go, <c>Project.WithImagesResolved</c>).
    /// </summary>
    /// <param name="options">Null for the credentials, mirrors and insecure registries of this process's environment.</param>
    /// <param name="retrying">Told why it is tried again, or elsewhere.</param>
    /// <exception cref="ImageException">No reference, not there, not allowed, or no registry in reach; the message has the name and why.</exception>
    public static async Task<ImageReference> OfAsync(string image, PullOptions? options = null, Action<string>? retrying = null, CancellationToken cancellation = default)
    {
        if (!ImageReference.TryParse(image, out var reference, out var error))
        {
            throw new ImageException($"cannot pin {image} to a digest: {error}");
        }

        if (reference.Digest is not null)
        {
            return reference with { Tag = null };
        }

        options ??= new PullOptions();
        try
        {
            return reference with
            {
                Digest = await RegistryMirrors.ReadAsync(
                    reference, options, retrying ?? (_ => { }), connection => new ImageResolver(connection, reference, ImagePlatform.Host).TopDigestAsync(cancellation)),
            };
        }
        catch (ImageException failure)
        {
            throw new ImageException($"cannot pin {image} to a digest: {(failure as RegistryUnreachableException)?.Reason ?? failure.Message}", failure);
        }
    }
}
