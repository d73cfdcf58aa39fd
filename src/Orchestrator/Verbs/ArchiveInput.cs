namespace Devoxx.Orchestrator.Verbs;

/// <summary>The archive that an image is made from.</summary>
internal static class ArchiveInput
{
    /// <param name="path">Null or <c>-</c>: standard input.</param>
    public static Stream Open(string? path)
    {
        if (path is not (null or "-"))
        {
            return new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0 });
        }

        return Console.IsInputRedirected
            ? Console.OpenStandardInput()
            : throw new CommandFailedException("no archive: name a file, or redirect standard input from one");
    }
}
