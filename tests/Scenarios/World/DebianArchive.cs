using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>
/// A real Debian with redis and nginx in it, made by debootstrap from the distribution's packages, as an archive of three images that share one layer. Made
/// once, which takes a minute or two, and kept in <c>out</c>.
/// </summary>
public static class DebianArchive
{
    private const string Debian = """{"Cmd":["sh","-c","cat /etc/debian_version; exec sleep infinity"],"Env":["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}""";
    private const string Redis = """{"Entrypoint":["redis-server"],"User":"redis","WorkingDir":"/var/lib/redis","Volumes":{"/var/lib/redis":{}},"Env":["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}""";
    private const string Nginx = """{"Cmd":["nginx","-g","daemon off;"],"ExposedPorts":{"80/tcp":{}},"StopSignal":"SIGQUIT","Env":["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}""";

    private static readonly Lazy<string> Archive = new(Make);

    /// <summary>The archive's path, as `docker save` would have written it.</summary>
    public static string Path => Archive.Value;

    private static string Make()
    {
        var path = System.IO.Path.Join(Executables.Clone, "out/debian-services.tar");
        if (File.Exists(path))
        {
            return path;
        }

        var work = Directory.CreateTempSubdirectory("devoxx-debian-").FullName;
        try
        {
            var architecture = Run("dpkg", "--print-architecture").Trim();
            Run("debootstrap", "--variant=minbase", "--include=redis-server,nginx-light", "stable", work + "/root");
            Run("tar", "-C", work + "/root", "-cf", work + "/layer.tar", ".");
            string diffId;
            using (var layer = File.OpenRead(work + "/layer.tar"))
            {
                diffId = Convert.ToHexStringLower(SHA256.HashData(layer));
            }

            foreach (var (name, config) in (ReadOnlySpan<(string, string)>)[("debian", Debian), ("redis", Redis), ("nginx", Nginx)])
            {
                File.WriteAllText($"{work}/{name}.json", $$"""{"architecture":"{{architecture}}","os":"linux","config":{{config}},"rootfs":{"type":"layers","diff_ids":["sha256:{{diffId}}"]} }""");
            }

            var images = ((string[])["debian", "redis", "nginx"]).Select(name => $$"""{"Config":"{{name}}.json","RepoTags":["{{name}}:test"],"Layers":["layer.tar"]}""");
            File.WriteAllText(work + "/manifest.json", $"[{string.Join(',', images)}]");
            Run("tar", "-C", work, "-cf", path + ".part", "layer.tar", "debian.json", "redis.json", "nginx.json", "manifest.json");
            File.Move(path + ".part", path);
            return path;
        }
        finally
        {
            Run("rm", "-rf", "--one-file-system", work);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}{output}");
        return output;
    }
}
