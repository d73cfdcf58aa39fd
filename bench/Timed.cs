using System.Collections;
using System.Diagnostics;
using Devoxx.Native.Processes;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Bench;

/// <summary>A command that ran to its end.</summary>
/// <param name="StartedAt">CLOCK_MONOTONIC in nanoseconds, just before it was started.</param>
internal sealed record Timed(int ExitCode, TimeSpan Took, long StartedAt, string Output)
{
    /// <summary>Runs a command with standard output and error in a file, so that nobody waits for a reader.</summary>
    public static Timed Run(IReadOnlyList<string> argv, IReadOnlyDictionary<string, string>? environment = null, string? outputTo = null)
    {
        var file = outputTo ?? Path.GetTempFileName();
        try
        {
            long startedAt;
            TimeSpan took;
            ExitStatus status;
            using (var output = File.OpenHandle(file, FileMode.Create, FileAccess.Write))
            {
                var path = argv[0].Contains('/') ? argv[0] : Which(argv[0]) ?? throw new FileNotFoundException(argv[0]);
                startedAt = Now();
                using var process = Spawn.Start(path, argv, Environment(environment), stdout: output, stderr: output);
                status = process.PidFd.Reap();
                took = TimeSpan.FromTicks((Now() - startedAt) / 100);
            }

            return new Timed(status.ExitCode, took, startedAt, outputTo is null ? File.ReadAllText(file) : "");
        }
        finally
        {
            if (outputTo is null)
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>As <see cref="Run"/>; a failure ends the benchmark.</summary>
    public static Timed Must(IReadOnlyList<string> argv, IReadOnlyDictionary<string, string>? environment = null, string? outputTo = null)
    {
        var timed = Run(argv, environment, outputTo);
        return timed.ExitCode == 0 ? timed : throw new InvalidOperationException($"{string.Join(' ', argv)}\nended with {timed.ExitCode}\n{timed.Output}");
    }

    /// <summary>CLOCK_MONOTONIC in nanoseconds: what Stopwatch reads.</summary>
    public static long Now() => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    /// <summary>Where a program is on the PATH.</summary>
    public static string? Which(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Join(directory, program)).FirstOrDefault(File.Exists);

    public static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static List<string> Environment(IReadOnlyDictionary<string, string>? more)
    {
        var all = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            all[(string)entry.Key] = (string)entry.Value!;
        }

        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        return [.. all.Select(entry => $"{entry.Key}={entry.Value}")];
    }
}
