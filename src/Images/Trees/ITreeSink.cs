using Devoxx.Images.Archives;

namespace Devoxx.Images.Trees;

/// <summary>Where the entries of a tree go: into an archive, or into another tree.</summary>
public interface ITreeSink
{
    /// <param name="entry">Good until this returns. Names are as in an archive: relative, whatever they lead through.</param>
    /// <param name="content">Of a regular file, <see cref="TarEntry.Size"/> bytes of it; null for everything else.</param>
    void Take(TarEntry entry, IEntryContent? content);
}

/// <summary>The content of one file, once, from its beginning to its end.</summary>
public interface IEntryContent
{
    /// <returns>How many bytes were read; 0 at the end, and only there.</returns>
    int Read(Span<byte> buffer);
}
