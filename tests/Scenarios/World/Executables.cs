using System.Diagnostics;
using Xunit;

[assembly: AssemblyFixture(typeof(Devoxx.Scenarios.World.Executables))]

// Scenarios look at the whole machine, and two cores are soon busy: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Devoxx.Scenarios.World;

/// <summary>The published executables of this clone, and the image that every stack here uses: made once, before the first scenario.</summary>
public sealed class Executables
{
    public Executables()
    {
        if (Environment.UserName != "root")
        {
            throw new InvalidOperationException("the scenarios make containers: run them as root");
        }

        if (Elsewhere is null)
        {
            Run("scripts/build");
        }

        if (!File.Exists(BusyboxArchive))
        {
            Run("scripts/busybox-image", BusyboxArchive);
        }
    }

    /// <summary>A directory with executables that are tested as they are, so that others can be built meanwhile.</summary>
    private static string? Elsewhere => Environment.GetEnvironmentVariable("DEVOXX_TEST_EXECUTABLES");

    public static string Clone { get; } = FindClone();

    public static string Compose { get; } = Path.Join(Elsewhere ?? Path.Join(Clone, "out"), "devoxx-compose");

    public static string Runtime { get; } = Path.Join(Elsewhere ?? Path.Join(Clone, "out"), "devoxx-runtime");

    public static string BusyboxArchive { get; } = Path.Join(Clone, "out/busybox-1.36.tar");

    public static string Example(string name) => Path.Join(Clone, "compose-examples", name, "stack.yaml");

    private static void Run(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Join(Clone, script), arguments) { WorkingDirectory = Clone })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{script} failed with exit code {process.ExitCode}");
        }
    }

    private static string FindClone()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(directory, "devoxx-compose.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException($"no clone above {AppContext.BaseDirectory}");
        }

        return directory;
    }
}
