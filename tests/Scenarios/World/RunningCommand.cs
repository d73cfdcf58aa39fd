using System.Diagnostics;
using System.Text;
using Devoxx.Native.Processes;

namespace Devoxx.Scenarios.World;

/// <summary>A command under way: its lines can be waited for, signals sent to it, and it ends with the scenario at the latest.</summary>
public sealed class RunningCommand : IDisposable
{
    private readonly Process process;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> waiting = [];
    private readonly Task outputEnd;
    private readonly Task errorEnd;
    private readonly string command;
    private bool disposed;

    public RunningCommand(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        command = start.FileName + " " + string.Join(' ', start.ArgumentList);
        process = Process.Start(start)!;
        outputEnd = Follow(process.StandardOutput, output);
        errorEnd = Follow(process.StandardError, error);
    }

    public int Pid => process.Id;

    public StreamWriter Input => process.StandardInput;

    /// <summary>The first line, printed already or still to come, on either stream, that is as wanted.</summary>
    public async Task<string> Line(Func<string, bool> wanted, string what, TimeSpan? within = null)
    {
        Task<string> found;
        lock (gate)
        {
            if (lines.FirstOrDefault(wanted) is { } already)
            {
                return already;
            }

            var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((wanted, source));
            found = source.Task;
        }

        try
        {
            return await found.WaitAsync(within ?? TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"no {what} in time from {Describe()}");
        }
    }

    public Task<string> Line(string containing, TimeSpan? within = null) =>
        Line(line => line.Contains(containing, StringComparison.Ordinal), $"line with '{containing}'", within);

    /// <summary>What has been printed so far, on either stream.</summary>
    public IReadOnlyList<string> LinesSoFar
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public void Signal(string name)
    {
        using var pidfd = PidFd.TryOpen(process.Id);
        pidfd?.SendSignal(Devoxx.Native.Processes.Signal.Parse(name));
    }

    public async Task<Outcome> Ended(TimeSpan? within = null)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(within ?? TimeSpan.FromSeconds(60));
            // A supervisor started on the way must not keep the pipes: their end comes with the command's.
            await Task.WhenAll(outputEnd, errorEnd).WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException((process.HasExited ? "pipes stay open after " : "did not end in time: ") + Describe());
        }

        return new Outcome(command, process.ExitCode, output.ToString(), error.ToString(), clock.Elapsed);
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private async Task Follow(StreamReader stream, StringBuilder all)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            lock (gate)
            {
                all.Append(line).Append('\n');
                lines.Add(line);
                foreach (var (wanted, found) in waiting)
                {
                    if (wanted(line))
                    {
                        found.TrySetResult(line);
                    }
                }
            }
        }
    }

    private string Describe()
    {
        lock (gate)
        {
            return $"{command}\n--- stdout\n{output}--- stderr\n{error}---";
        }
    }
}
