using System.Diagnostics;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>
/// A real Debian with redis, nginx and postgres in it, made by scripts/debian-images from the distribution's packages, as an archive of images that share one
/// layer: <c>debian:test</c>, <c>redis:test</c>, <c>nginx:test</c>, <c>postgres:test</c>, and the same tagged <c>debian</c> for compose-examples/web. Made once,
/// which takes a minute or two, and kept in <c>out</c>.
/// </summary>
public static class DebianArchive
{
    private static readonly Lazy<string> Archive = new(Make);

    /// <summary>The archive's path, as `docker save` would have written it.</summary>
    public static string Path => Archive.Value;

    private static string Make()
    {
        var path = System.IO.Path.Join(Executables.Clone, "out/debian-services.tar");
        if (!File.Exists(path))
        {
            using var process = Process.Start(new ProcessStartInfo(System.IO.Path.Join(Executables.Clone, "scripts/debian-images"), [path]) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
        }

        return path;
    }
}
