using Akka.Actor;

namespace Devoxx.Supervisor.Volumes;

/// <summary>What a mount source is told, and what comes of it.</summary>
public interface IVolumeCommand;

/// <summary>Be there; answered by <see cref="VolumeAnswer"/>. What is there already with the same options is left as it is.</summary>
public sealed record CreateVolume(long Order, VolumeSpec Spec, IActorRef ReplyTo) : IVolumeCommand;

/// <summary>
/// A container is about to use it: be there, mounted if it is that kind, and filled if it is empty and <paramref name="Content"/>
/// is given; answered by <see cref="AttachAnswer"/>.
/// </summary>
/// <param name="Spec">What to be if it is not there yet; null: it must be.</param>
public sealed record AttachVolume(string Name, VolumeSpec? Spec, string ContainerId, int Run, ImageContent? Content, IActorRef ReplyTo) : IVolumeCommand;

/// <summary>The container has ended: let go; unmount after the last. Answered by <see cref="DetachAnswer"/>.</summary>
public sealed record DetachVolume(string Name, string ContainerId, int Run, IActorRef ReplyTo) : IVolumeCommand;

/// <summary>Go, with all it holds; answered by <see cref="VolumeAnswer"/>.</summary>
public sealed record RemoveVolume(long Order, string Name, string Cause, IActorRef ReplyTo) : IVolumeCommand;

/// <summary>What an image has at a path.</summary>
/// <param name="Layers">Directories of the image's layers, base first.</param>
public sealed record ImageContent(string ImageId, System.Collections.Immutable.ImmutableArray<string> Layers, string Path);

internal sealed record VolumeStepDone(VolumeStep Step, string? Note = null) : IVolumeCommand;

internal sealed record VolumeStepFailed(VolumeStep Step, string Error) : IVolumeCommand;

/// <summary>What is being done to the kernel or the disk; one at a time.</summary>
internal enum VolumeStep
{
    Create,

    /// <summary>What a creation that failed has made goes again, as far as it is empty.</summary>
    Discard,
    Mount,
    Populate,
    Unmount,
    Remove,
}

public sealed record VolumeAnswer(long Order, string Name, string? Error, bool Changed = true);

/// <param name="Path">What to mount into the container.</param>
public sealed record AttachAnswer(string Name, int Run, string? Path, string? Error);

public sealed record DetachAnswer(string Name, int Run, string? Error);

/// <summary>Sent up after every change, and once after recovery.</summary>
public sealed record VolumeChanged(string Name, VolumeState State, bool Recovered = false);
