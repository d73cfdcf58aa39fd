using System.Text;
using Devoxx.Images.Layers;
using Devoxx.Images.Storage;

namespace Devoxx.Images.Archives;

/// <summary>
/// What an image archive has, read once from front to back: small documents are kept, layers are unpacked as they come by. Only at its end does an archive
/// say which layer is whose (`docker save` writes manifest.json last), and it need not seek.
/// </summary>
internal sealed class ArchiveContents : IImageContents
{
    private const int MostDocuments = 20_000;
    private const long MostDocumentBytes = 64 << 20;
    private const int MostLinks = 10;

    private readonly Dictionary<string, byte[]> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StagedLayer> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private long _documentBytes;

    /// <exception cref="ImageException">No tar, damaged, or malicious.</exception>
    public static ArchiveContents Read(Stream archive, LayerReader reader, Func<string, bool> hasLayer, Action<string, long, long>? progress, CancellationToken cancellation)
    {
        var contents = new ArchiveContents();
        using var stream = Decompressor.Open(archive);
        var tar = new TarReader(stream);
        while (tar.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            var name = Encoding.UTF8.GetString(LayerPath.Clean(entry.Name));
            switch (entry.Type)
            {
                case TarEntryType.SymbolicLink:
                    contents._links[name] = Join(Directory(name), Encoding.UTF8.GetString(entry.LinkName));
                    break;
                case TarEntryType.HardLink:
                    contents._links[name] = Join("", Encoding.UTF8.GetString(entry.LinkName));
                    break;
                case TarEntryType.RegularFile when entry.Extents is null:
                    contents.Take(name, entry.PayloadSize, new TarPayloadStream(tar), reader, hasLayer, progress, cancellation);
                    break;
            }

            if (contents._documents.Count + contents._links.Count > MostDocuments || contents._documentBytes > MostDocumentBytes)
            {
                throw new ImageException("the archive has far more documents than an image archive would");
            }
        }

        return contents;
    }

    public byte[]? Document(string path) => _documents.GetValueOrDefault(Resolve(path));

    public bool Has(string path) => _layers.ContainsKey(Resolve(path));

    public StagedLayer? Layer(string path) => _layers.GetValueOrDefault(Resolve(path));

    private void Take(string name, long size, Stream payload, LayerReader reader, Func<string, bool> hasLayer, Action<string, long, long>? progress, CancellationToken cancellation)
    {
        var start = Decompressor.Peek(payload);
        var whole = new PrefixedStream(start, payload);
        if (!Decompressor.IsArchive(start))
        {
            // Documents, all of which are JSON; the rest (VERSION, README) is none of ours.
            if (size <= BlobStore.LargestDocument && start.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..])
            {
                var content = new byte[size];
                whole.ReadExactly(content);
                _documents[name] = content;
                _documentBytes += size;
            }

            return;
        }

        // Some archives name layers by digest; then what is here already need not be unpacked. It is still read and verified.
        var claimed = ClaimedDigest(name);
        _layers[name] = claimed is not null && Decompressor.Detect(start) == Compression.None && hasLayer(claimed.ToString())
            ? reader.Verify(whole, claimed, cancellation)
            : reader.Unpack(whole, claimed, size, count => progress?.Invoke(name, count, size), cancellation);
    }

    /// <summary><c>blobs/sha256/…</c> of OCI layouts and new `docker save`; <c>….tar</c> of podman and skopeo.</summary>
    private static Digest? ClaimedDigest(string name)
    {
        var text = name.StartsWith("blobs/sha512/", StringComparison.Ordinal) ? "sha512:" + name[13..]
            : name.StartsWith("blobs/sha256/", StringComparison.Ordinal) ? "sha256:" + name[13..]
            : name.EndsWith(".tar", StringComparison.Ordinal) ? "sha256:" + name[..^4] : null;
        return Digest.TryParse(text, out var digest) ? digest : null;
    }

    private string Resolve(string path)
    {
        var name = Join("", path);
        for (var i = 0; i < MostLinks && _links.TryGetValue(name, out var target); i++)
        {
            name = target;
        }

        return name;
    }

    private static string Directory(string name) => name.LastIndexOf('/') is var slash and >= 0 ? name[..slash] : "";

    /// <summary>Names are keys here, never paths of the host; <c>../other/layer.tar</c> is how `docker save` refers to a layer it has written already.</summary>
    private static string Join(string directory, string path)
    {
        var parts = new List<string>(directory.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not (".." or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
