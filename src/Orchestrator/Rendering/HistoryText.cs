using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.EventLog;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>What <c>why</c> prints: of each container how it is now and what comes next, then its runs, the newest first.</summary>
internal static class HistoryText
{
    /// <param name="view">Null: it has been removed.</param>
    /// <param name="most">So many of the newest runs.</param>
    public static void Write(TextWriter output, ContainerHistory history, ContainerView? view, int most, DateTimeOffset now)
    {
        output.WriteLine($"{view?.Name ?? history.Name}: {(view is null ? Gone(history, now) : Now(view, now))}");
        foreach (var run in history.Runs.Take(most))
        {
            WriteRun(output, run, view?.Run == run.Run ? view : null, now);
        }

        if (history.Runs.Length > most)
        {
            output.WriteLine($"  {history.Runs.Length - most} earlier run{(history.Runs.Length - most == 1 ? "" : "s")}; --runs {history.Runs.Length} shows them");
        }
    }

    /// <summary>One object a line; times are RFC 3339, durations seconds.</summary>
    public static void WriteJson(TextWriter output, ContainerHistory history, ContainerView? view, int most, DateTimeOffset now) =>
        JsonOutput.WriteLine(output, history, (json, _) =>
        {
            json.WriteString("ID", history.Id);
            json.WriteString("Name", view?.Name ?? history.Name);
            json.WriteString("Project", history.Project);
            json.WriteString("Service", history.Service);
            json.WriteString("State", view?.State ?? "removed");
            json.WriteString("Health", view?.Health ?? "");
            json.WriteString("Now", view is null ? Gone(history, now) : Now(view, now));
            json.WriteString("Reason", view?.Status ?? history.RemovedBecause ?? "");
            json.WriteStartArray("Runs");
            foreach (var run in history.Runs.Take(most))
            {
                WriteRun(json, run);
            }

            json.WriteEndArray();
        });

    private static string Now(ContainerView view, DateTimeOffset now) => ContainerText.StatusAndReason(view, now, truncate: false);

    private static string Gone(ContainerHistory history, DateTimeOffset now) => history.RemovedAt is { } at
        ? $"Removed {HumanDuration.Of(now - at)} ago ({history.RemovedBecause ?? "nobody said why"})"
        : "not there any more";

    private static void WriteRun(TextWriter output, RunRecord run, ContainerView? current, DateTimeOffset now)
    {
        output.WriteLine($"  run {run.Run}  {Started(run)}  {Ended(run, current, now)}");
        output.WriteLine("    " + string.Join(", ", Facts(run)));
        foreach (var incident in run.Incidents.TakeLast(8))
        {
            output.WriteLine($"    {Clock(incident.At)}  {incident.Text}");
        }

        if (run.Exit?.Probes is { IsEmpty: false } probes && probes[^1] is { ExitCode: not 0 } last)
        {
            output.WriteLine($"    last check  exit code {last.ExitCode}{(last.Output.Trim() is { Length: > 0 } text ? ": " + FirstLine(text) : "")}");
        }

        foreach (var line in run.Exit is { ExitCode: not 0 } ? run.Exit.LastLines?.TakeLast(3) ?? [] : [])
        {
            output.WriteLine($"    | {line}");
        }

        if (run.Then is { } then)
        {
            output.WriteLine($"    then: {then}");
        }
    }

    private static string Started(RunRecord run) => (run.StartedAt ?? run.Failure?.At) is { } at
        ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
        : "not started";

    /// <param name="current">The container, if this is its newest run.</param>
    private static string Ended(RunRecord run, ContainerView? current, DateTimeOffset now) => run switch
    {
        { Exit: { } exit } => $"{exit.Cause}; exit code {exit.ExitCode}{(exit.Signal is { } signal ? $" ({Native.Processes.Signal.Name(signal)})" : "")} after {InWords.Span(exit.Duration)}",
        { Failure: { } failure } => $"could not be started: {failure.Error}",
        { StartedAt: not null } when current is not null => $"runs for {InWords.Span(ContainerText.Up(current, now))}",
        _ => "its end is not in the journal",
    };

    private static IEnumerable<string> Facts(RunRecord run)
    {
        yield return $"started{(run.StartedBy is { } starter ? " by " + InWords.Starter(starter) : "")}: {(run.StartedBecause.Length == 0 ? "why is not in the journal any more" : run.StartedBecause)}{(run.Attempt > 0 ? $" (attempt {run.Attempt})" : "")}";
        if (run.Pid is { } pid)
        {
            yield return $"pid {pid}";
        }

        if (run.Exit is { } exit)
        {
            if (exit.MemoryPeak is { } peak)
            {
                yield return $"memory peak {InWords.Bytes(peak)}";
            }

            if (exit.CpuTime is { } cpu)
            {
                yield return $"cpu {InWords.Span(cpu)}";
            }

            if (exit.Health is { } health)
            {
                yield return $"was {(health == "starting" ? "not yet healthy" : health)}";
            }
        }
    }

    private static void WriteRun(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject();
        json.WriteNumber("Run", run.Run);
        json.WriteString("StartedBy", run.StartedBy is { } starter ? InWords.Starter(starter) : null);
        json.WriteString("StartedBecause", run.StartedBecause);
        json.WriteNumber("Attempt", run.Attempt);
        WriteTime(json, "StartedAt", run.StartedAt);
        WriteNumber(json, "Pid", run.Pid);
        json.WriteString("BootId", run.BootId);
        WriteTime(json, "FinishedAt", run.Exit?.At ?? run.Failure?.At);
        WriteNumber(json, "ExitCode", run.Exit?.ExitCode ?? run.Failure?.ExitCode);
        WriteNumber(json, "Signal", run.Exit?.Signal);
        json.WriteBoolean("OutOfMemory", run.Exit?.OutOfMemory ?? false);
        json.WriteString("Cause", run.Exit?.Cause ?? run.Failure?.Error);
        WriteSeconds(json, "Duration", run.Exit?.Duration);
        WriteNumber(json, "MemoryPeak", run.Exit?.MemoryPeak);
        WriteSeconds(json, "CpuTime", run.Exit?.CpuTime);
        json.WriteNumber("OomKills", run.Exit?.OomKills ?? 0);
        json.WriteString("Health", run.Exit?.Health);
        json.WriteStartArray("Probes");
        foreach (var probe in run.Exit?.Probes ?? [])
        {
            json.WriteStartObject();
            WriteTime(json, "StartedAt", probe.StartedAt);
            WriteSeconds(json, "Duration", probe.Duration);
            json.WriteNumber("ExitCode", probe.ExitCode);
            json.WriteString("Output", probe.Output);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTexts(json, "LastLines", run.Exit?.LastLines ?? []);
        WriteTexts(json, "Incidents", [.. run.Incidents.Select(each => $"{each.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {each.Text}")]);
        json.WriteString("Then", run.Then);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time) => json.WriteString(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));

    private static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan? span)
    {
        if (span is { } time)
        {
            json.WriteNumber(name, Math.Round(time.TotalSeconds, 6));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Clock(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string FirstLine(string text)
    {
        var end = text.IndexOf('\n');
        return end < 0 ? text : text[..end];
    }
}
