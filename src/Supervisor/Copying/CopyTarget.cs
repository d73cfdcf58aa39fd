namespace Devoxx.Supervisor.Copying;

/// <summary>What is at a path.</summary>
public enum CopyKind
{
    Missing,
    Directory,

    /// <summary>A file, a link, a device, …</summary>
    Other,
}

/// <summary>Where what is copied goes: below which directory, and under which name there.</summary>
/// <param name="Directory">Absolute.</param>
/// <param name="Name">Empty: what the source holds goes straight into the directory.</param>
public sealed record CopyTarget(string Directory, string Name)
{
    /// <summary>The rules of <c>docker cp</c> (its reference, "SRC_PATH specifies a …"). Pure.</summary>
    /// <param name="source">Its kind is never <see cref="CopyKind.Missing"/>.</param>
    /// <param name="destinationKind">What the destination is, links followed.</param>
    /// <param name="parentIsDirectory">Whether the destination's parent is there.</param>
    /// <exception cref="IOException">It cannot be done; the message says why.</exception>
    public static CopyTarget Of(CopyPath source, CopyKind sourceKind, CopyPath destination, CopyKind destinationKind, bool parentIsDirectory)
    {
        if (sourceKind != CopyKind.Directory && (source.IsContent || source.IsDirectory))
        {
            throw new IOException($"{source.Full} is not a directory");
        }

        switch (destinationKind)
        {
            case CopyKind.Directory:
                return new CopyTarget(destination.Full, sourceKind == CopyKind.Directory && source.IsContent ? "" : source.Name);
            case CopyKind.Other when destination.IsDirectory || destination.IsContent:
                throw new IOException($"{destination.Full} is not a directory");
            case CopyKind.Other when sourceKind == CopyKind.Directory:
                throw new IOException($"cannot copy a directory over {destination.Full}, which is none");
            case CopyKind.Other:
                return new CopyTarget(destination.Parent, destination.Name);
            case CopyKind.Missing when !parentIsDirectory:
                throw new IOException($"there is no directory {destination.Parent} to copy into");
            case CopyKind.Missing when sourceKind != CopyKind.Directory && (destination.IsDirectory || destination.IsContent):
                throw new IOException($"the destination directory {destination.Full} does not exist");
            default:
                return new CopyTarget(destination.Parent, destination.Name);
        }
    }
}
