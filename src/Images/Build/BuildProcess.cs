using System.Diagnostics;

namespace Devoxx.Images.Build;

/// <summary>Runs a builder, its output given out line by line.</summary>
internal static class BuildProcess
{
    /// <summary>Enough to see what went wrong.</summary>
    private const int LinesKept = 20;

    /// <exception cref="ImageException">It failed; the message ends with its last lines.</exception>
    /// <param name="environment">Null: this process's own.</param>
    public static async Task RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, IProgress<string>? output, CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true },
        };
        if (environment is not null)
        {
            process.StartInfo.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                process.StartInfo.Environment[name] = value;
            }
        }

        var last = new Queue<string>();
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new ImageException($"{program} cannot be started", exception);
        }

        process.StandardInput.Close();
        try
        {
            await Task.WhenAll(PassOnAsync(process.StandardOutput), PassOnAsync(process.StandardError));
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new ImageException($"{Path.GetFileName(program)} {arguments[0]} failed with exit code {process.ExitCode}:\n  {string.Join("\n  ", last)}");
        }

        async Task PassOnAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(cancellation) is { } raw)
            {
                // What a step prints is the build's, and not to reach a terminal as it is.
                var line = string.Concat(raw.Select(c => char.IsControl(c) ? ' ' : c)).TrimEnd();
                output?.Report(line);
                lock (last)
                {
                    last.Enqueue(line);
                    if (last.Count > LinesKept)
                    {
                        last.Dequeue();
                    }
                }
            }
        }
    }
}
