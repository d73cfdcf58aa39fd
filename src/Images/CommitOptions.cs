using Devoxx.Oci;

namespace Devoxx.Images;

/// <summary>What an image that is made of a container's changes says of itself.</summary>
/// <param name="Config">Defaults for its containers.</param>
/// <param name="CreatedBy">What the container ran.</param>
/// <param name="Message">The step's comment in the history.</param>
public sealed record CommitOptions(ImageConfig Config, string CreatedBy, string? Author = null, string? Message = null);
