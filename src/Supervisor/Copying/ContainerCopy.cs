using System.Text;
using Devoxx.Images.Archives;
using Devoxx.Images.Trees;
using Devoxx.Native.Files;
using Devoxx.Supervisor.Control;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace Devoxx.Supervisor.Copying;

/// <summary>How <c>cp</c> copies.</summary>
/// <param name="Archive"><c>-a</c>: owners are kept; else the files belong to root in a container, and outside to whoever copies.</param>
/// <param name="FollowLink"><c>-L</c>: the thing that the source links to is copied in place of the link.</param>
/// <param name="Warn">Told of what is left out.</param>
public sealed record CopyOptions(bool Archive = false, bool FollowLink = false, Action<string>? Warn = null);

/// <summary>
/// Copies between the host and a container, by descriptors only. To be called in a process of its own: a filesystem that a container has mounted can keep a
/// reader waiting for good.
/// </summary>
public static class ContainerCopy
{
    /// <summary>From the container to the host.</summary>
    /// <exception cref="IOException">It cannot be done; the message is for people.</exception>
    public static void Out(ContainerFilesView container, CopyPath source, CopyPath destination, CopyOptions options, CancellationToken cancellation)
    {
        using var root = ContainerRoot.Open(container);
        root.CheckReachable(source.Full);
        using var host = DirectoryFd.Open("/");
        var owner = options.Archive ? ((uint, uint)?)null : ((uint)LibC.geteuid(), (uint)LibC.getegid());
        Copy(new CopyPlace(root.Directory, container.Name + ":"), source, new CopyPlace(host, ""), destination, options, new Extraction { Owner = owner, Foreign = true, Warn = options.Warn }, confined: true, cancellation);
    }

    /// <summary>From the host into the container.</summary>
    /// <exception cref="IOException">It cannot be done; the message is for people.</exception>
    public static void In(ContainerFilesView container, CopyPath source, CopyPath destination, CopyOptions options, CancellationToken cancellation)
    {
        using var root = ContainerRoot.Open(container);
        root.CheckReachable(destination.Full);
        root.CheckWritable(destination.Full);
        using var host = DirectoryFd.Open("/");
        Copy(new CopyPlace(host, ""), source, new CopyPlace(root.Directory, container.Name + ":"), destination, options, IntoContainer(options), confined: false, cancellation);
    }

    /// <summary>From the container into a tar.</summary>
    public static void ToArchive(ContainerFilesView container, CopyPath source, Stream output, CopyOptions options, CancellationToken cancellation)
    {
        using var root = ContainerRoot.Open(container);
        root.CheckReachable(source.Full);
        var sink = new TarSink(output);
        new CopyPlace(root.Directory, container.Name + ":").Walk(source, source.IsContent || source.IsRoot ? "" : source.Name, options.FollowLink, new TreeWalker(sink, new TreeWalk(), cancellation));
        sink.End();
    }

    /// <summary>From a tar into a directory of the container.</summary>
    public static void FromArchive(ContainerFilesView container, Stream archive, CopyPath destination, CopyOptions options, CancellationToken cancellation)
    {
        using var root = ContainerRoot.Open(container);
        root.CheckReachable(destination.Full);
        root.CheckWritable(destination.Full);
        if (new CopyPlace(root.Directory, container.Name + ":").KindOf(destination.Full) != CopyKind.Directory)
        {
            throw new IOException($"{container.Name}:{destination.Full} is not a directory: an archive is unpacked into one");
        }

        var extractor = new TreeExtractor(root.Directory, Encoding.UTF8.GetBytes(destination.Full.TrimStart('/')), IntoContainer(options));
        TarTree.Read(archive, extractor, cancellation);
        extractor.Finish();
    }

    /// <summary>The whole root as a tar, without what is mounted in it (<c>export</c>).</summary>
    public static void Export(ContainerFilesView container, Stream output, CancellationToken cancellation)
    {
        using var root = ContainerRoot.Open(container);
        var sink = new TarSink(output);
        new TreeWalker(sink, new TreeWalk(EmptyMounts: true), cancellation).Children(root.Directory, []);
        sink.End();
    }

    private static Extraction IntoContainer(CopyOptions options) => new() { Owner = options.Archive ? null : (0, 0), Warn = options.Warn };

    /// <param name="confined">Links in the destination's directory lead nowhere outside of it: what comes is not to be trusted.</param>
    private static void Copy(
        CopyPlace from, CopyPath source, CopyPlace to, CopyPath destination, CopyOptions options, Extraction extraction, bool confined, CancellationToken cancellation)
    {
        var follow = options.FollowLink || source.IsDirectory || source.IsContent;
        var kind = follow ? from.KindOf(source.Full) : from.KindOfItself(source.Full);
        if (kind == CopyKind.Missing)
        {
            throw from.NotThere(source.Full);
        }

        var destinationKind = to.KindOf(destination.Full);
        var target = CopyTarget.Of(source, kind, destination, destinationKind, destinationKind != CopyKind.Missing || to.KindOf(destination.Parent) == CopyKind.Directory);
        if (destinationKind == CopyKind.Other && to.IsLink(destination.Full))
        {
            // A link to a file: the file that it leads to is written, as the link says.
            using var file = to.OpenToOverwrite(destination.Full);
            var overwriting = new OverwritingSink(new TreeExtractor(to.Root, [], extraction), file);
            from.Walk(source, "x", follow: true, new TreeWalker(overwriting, new TreeWalk(), cancellation));
            return;
        }

        using var directory = confined ? to.OpenDirectory(target.Directory) : null;
        var extractor = directory is not null
            ? new TreeExtractor(directory, [], extraction)
            : new TreeExtractor(to.Root, Encoding.UTF8.GetBytes(target.Directory.TrimStart('/')), extraction);
        from.Walk(source, source.IsRoot && target.Name.Length == 0 ? "" : target.Name, follow, new TreeWalker(extractor, new TreeWalk(), cancellation));
        extractor.Finish();
    }

    private sealed class OverwritingSink(TreeExtractor extractor, SafeFileHandle file) : ITreeSink
    {
        public void Take(TarEntry entry, IEntryContent? content)
        {
            if (content is not null)
            {
                extractor.Overwrite(file, content);
            }
        }
    }
}
