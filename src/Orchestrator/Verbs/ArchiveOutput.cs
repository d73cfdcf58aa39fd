namespace Devoxx.Orchestrator.Verbs;

/// <summary>The archive that is written: beside its place, then into it, as half an archive looks like a whole one.</summary>
internal static class ArchiveOutput
{
    public static void Write(string path, Action<Stream> write)
    {
        var part = path + ".part";
        try
        {
            using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1))
            {
                write(file);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
