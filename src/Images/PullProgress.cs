namespace Devoxx.Images;

/// <summary>What a pull, load or push is doing to a layer or, where <see cref="Layer"/> is null, to the image as a whole.</summary>
public enum PullPhase
{
    /// <summary>Asking the registry what the name stands for.</summary>
    Resolving,

    /// <summary>Layer: waits for its turn.</summary>
    Waiting,

    /// <summary>Layer: bytes come in and are unpacked as they come.</summary>
    Downloading,

    /// <summary>Layer: the connection broke or the registry said "later"; <see cref="PullProgress.Message"/> says why.</summary>
    Retrying,

    /// <summary>Layer: the bytes of a local archive are unpacked.</summary>
    Unpacking,

    /// <summary>Layer: was in the store already.</summary>
    AlreadyExists,

    /// <summary>Layer: in the store, digest verified.</summary>
    Done,

    /// <summary>Layer: being sent.</summary>
    Uploading,

    /// <summary>Image: the name now stands for the pulled content.</summary>
    Pulled,

    /// <summary>Image: nothing newer was found.</summary>
    UpToDate,
}

/// <param name="Reference">The image asked for, in familiar form.</param>
/// <param name="Layer">First twelve digits of the layer's digest; null for the image as a whole.</param>
/// <param name="Bytes">Compressed bytes received or sent so far.</param>
/// <param name="Total">Compressed bytes of the layer, when known.</param>
/// <param name="Message">For people, when there is something to say.</param>
public sealed record PullProgress(string Reference, string? Layer, PullPhase Phase, long Bytes = 0, long? Total = null, string? Message = null);
