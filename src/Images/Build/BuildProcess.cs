using System.Diagnostics;

namespace Devoxx.Images.Build;

/// <summary>Runs a builder, its output given out line by line.</summary>
internal static class BuildProcess
{
    /// <summary>Enough to see what went wrong.</summary>
    private const int LinesKept = 20;

    /// <exception cref="ImageException">It failed; the message ends with its last lines.</exception>
    public static async Task RunAsync(string program, IReadOnlyList<string> arguments, IProgress<string>? output, CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true },
        };
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
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
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
