using System.Diagnostics;
using Devoxx.Native.Files;

namespace Devoxx.Images.Tests;

/// <summary>A directory of the test's own. The tests make devices and trusted attributes, and so need root; they fail without it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory()
    {
        Assert.True(Environment.IsPrivilegedProcess, "the image tests need root");
        System.IO.Directory.CreateDirectory(Path);
    }

    public string Path { get; } = $"/tmp/devoxx-images-tests/{Guid.NewGuid():N}";

    public string this[string name] => System.IO.Path.Join(Path, name);

    public void Dispose() => SafeTree.Delete(Path);

    /// <summary>Runs a tool in the directory, and gives its output; the test fails with its errors when it fails.</summary>
    public string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}{output}");
        return output;
    }
}
