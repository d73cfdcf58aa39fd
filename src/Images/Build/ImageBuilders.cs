namespace Devoxx.Images.Build;

/// <summary>Finds out which builder this machine has.</summary>
public static class ImageBuilders
{
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary><c>$DEVOXX_BUILDER</c> (buildah or buildctl) where it is set, else BuildKit when its daemon is to be reached, else buildah.</summary>
    /// <exception cref="ImageException">There is none; the message says what to install.</exception>
    /// <param name="storage">Where buildah works.</param>
    public static IImageBuilder Find(Func<string, string?> environment, BuildStorage storage)
    {
        var path = environment("PATH") ?? UsualPath;
        var buildah = Program("buildah", path);
        var buildctl = Program("buildctl", path);
        return environment("DEVOXX_BUILDER") switch
        {
            "buildah" when buildah is not null => new BuildahBuilder(buildah, storage),
            "buildctl" or "buildkit" when buildctl is not null => new BuildctlBuilder(buildctl),
            { Length: > 0 } named and not ("buildah" or "buildctl" or "buildkit") => throw new ImageException($"DEVOXX_BUILDER={named}: expected buildah or buildctl"),
            { Length: > 0 } named => throw new ImageException($"DEVOXX_BUILDER={named}, but {named} is not installed"),
            _ when buildctl is not null && (environment("BUILDKIT_HOST") is { Length: > 0 } || File.Exists("/run/buildkit/buildkitd.sock")) => new BuildctlBuilder(buildctl),
            _ when buildah is not null => new BuildahBuilder(buildah, storage),
            _ => throw new ImageException("nothing here can build images: install buildah (Debian, Ubuntu: apt-get install buildah; Fedora: dnf install buildah), or BuildKit with buildctl and a running buildkitd"),
        };
    }

    private static string? Program(string name, string path) => path.Split(':').Select(directory => Path.Join(directory, name)).FirstOrDefault(File.Exists);
}
