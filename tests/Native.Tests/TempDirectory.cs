namespace Devoxx.Native.Tests;

/// <summary>A directory of a test's own, gone after it.</summary>
public sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("devoxx-native-").FullName;

    public string this[string name] => System.IO.Path.Join(Path, name);

    public string Write(string name, string text = "")
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
