using System.Diagnostics;
using Devoxx.Native.Processes;

namespace Devoxx.Images.Build;

/// <summary>Runs a builder, its output given out line by line.</summary>
internal static class BuildProcess
{
    /// <summary>Enough to see what went wrong.</summary>
    private const int LinesKept = 20;

    /// <summary>For a builder to end its steps and put its storage in order.</summary>
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);

    /// <exception cref="ImageException">It failed; the message ends with its last lines.</exception>
    /// <param name="environment">Null: this process's own.</param>
    /// <param name="called">What of its arguments says what it does; null: the first.</param>
    public static async Task RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, IProgress<string>? output, CancellationToken cancellation,
        string? called = null)
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
            await EndAsync(process);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new ImageException($"{Path.GetFileName(program)} {called ?? arguments[0]} failed with exit code {process.ExitCode}:\n  {string.Join("\n  ", last)}");
        }

        // A step runs in a container of its own, which only the builder knows how to end whole: it does when it is told to end itself. One that it has only just
        // begun it may forget, and end without it: so all that is below it is held before, and what is left after that is killed.
        static async Task EndAsync(Process builder)
        {
            var processes = ProcessTree.Open(builder.Id);
            try
            {
                using var patience = new CancellationTokenSource(GracePeriod);
                using (var own = PidFd.TryOpen(builder.Id))
                {
                    own?.SendSignal(Signal.Term);
                }

                await builder.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                builder.Kill(entireProcessTree: true);
            }
            finally
            {
                foreach (var process in processes)
                {
                    process.SendSignal(Signal.Kill);
                    process.Dispose();
                }
            }
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
