using System.Diagnostics;
using Devoxx.Native.Cgroups;

namespace Devoxx.Runtime.Tests.World;

/// <summary>
/// The published executable, and a root filesystem to put it to work on. From <c>DEVOXX_BIN</c> (a directory with devoxx-runtime) when that is set, else
/// built by scripts/build. These tests make containers: they fail when not run as root.
/// </summary>
public static class Published
{
    private static readonly Lazy<string> Path = new(FindExecutable);
    private static readonly Lazy<string> Tree = new(MakeRootfs);

    public static string Executable => Path.Value;

    /// <summary>A busybox tree, never written to: containers have it as the lower layer of an overlay.</summary>
    public static string Rootfs => Tree.Value;

    /// <summary>A directory of this test run.</summary>
    public static string Scratch { get; } = Directory.CreateTempSubdirectory("devoxx-runtime-tests-").FullName;

    private static string Clone
    {
        get
        {
            var directory = AppContext.BaseDirectory;
            while (!File.Exists(System.IO.Path.Join(directory, "devoxx-compose.slnx")))
            {
                directory = System.IO.Path.GetDirectoryName(directory) ?? throw new InvalidOperationException($"no clone above {AppContext.BaseDirectory}");
            }

            return directory;
        }
    }

    private static string FindExecutable()
    {
        if (Environment.UserName != "root")
        {
            throw new InvalidOperationException("these tests make containers: run them as root");
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Directory.Delete(Scratch, recursive: true);
            Cgroup.OpenExisting(CgroupHost.Detect(), Specs.CgroupParent)?.Remove();
        };
        if (Environment.GetEnvironmentVariable("DEVOXX_BIN") is { Length: > 0 } given)
        {
            return System.IO.Path.Join(given, "devoxx-runtime");
        }

        Script("scripts/build");
        return System.IO.Path.Join(Clone, "out/devoxx-runtime");
    }

    private static string MakeRootfs()
    {
        var archive = System.IO.Path.Join(Clone, "out/busybox-1.36.tar");
        if (!File.Exists(archive))
        {
            Script("scripts/busybox-image", archive);
        }

        var (image, rootfs) = (System.IO.Path.Join(Scratch, "image"), System.IO.Path.Join(Scratch, "rootfs"));
        Directory.CreateDirectory(image);
        Directory.CreateDirectory(rootfs);
        Command.Run("tar", "-xf", archive, "-C", image).Succeeded();
        Command.Run("tar", "-xf", Directory.GetFiles(image, "layer.tar", SearchOption.AllDirectories).Single(), "-C", rootfs).Succeeded();
        return rootfs;
    }

    private static void Script(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(System.IO.Path.Join(Clone, script), arguments) { WorkingDirectory = Clone })!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{script} failed with exit code {process.ExitCode}");
    }
}
