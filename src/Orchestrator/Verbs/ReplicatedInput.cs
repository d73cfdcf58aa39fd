namespace Devoxx.Orchestrator.Verbs;

/// <summary>Standard input, for one reader as it comes, for several from a file that has no name.</summary>
internal sealed class ReplicatedInput : IDisposable
{
    private readonly Stream stream;

    private ReplicatedInput(Stream stream) => this.stream = stream;

    public static ReplicatedInput Open(int readers)
    {
        var input = ArchiveInput.Open("-");
        if (readers <= 1)
        {
            return new ReplicatedInput(input);
        }

        using (input)
        {
            var path = Path.GetTempFileName();
            var copy = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            input.CopyTo(copy, 1 << 20);
            return new ReplicatedInput(copy);
        }
    }

    /// <summary>The archive from its beginning.</summary>
    public Stream Next()
    {
        if (stream.CanSeek)
        {
            stream.Seek(0, SeekOrigin.Begin);
        }

        return stream;
    }

    public void Dispose() => stream.Dispose();
}
