using System.Collections.Immutable;
using Devoxx.Images;
using Devoxx.Images.Instructions;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Images;

/// <summary>What an image says of itself that is made of a root filesystem (<c>image import</c>). Pure.</summary>
internal static class ImportedConfiguration
{
    /// <param name="changes">Instructions of a Dockerfile: <c>CMD ["sh"]</c>.</param>
    /// <param name="platform">Null: this machine's.</param>
    /// <exception cref="ImageException">An instruction or the platform is wrong.</exception>
    public static ImageConfiguration Of(ImmutableArray<string> changes, string? message, string? platform)
    {
        var made = string.IsNullOrEmpty(platform) ? ImagePlatform.Host : ImagePlatform.Parse(platform);
        return new ImageConfiguration
        {
            Os = made.Os,
            Architecture = made.Architecture,
            Variant = made.Variant,
            Config = changes.IsEmpty ? null : ImageInstructions.Apply(new ImageConfig(), changes),
            History = [new History { CreatedBy = "devoxx-compose image import", Comment = string.IsNullOrEmpty(message) ? null : message }],
        };
    }
}
