using System.Globalization;
using System.Text;
using System.Text.Json;
using Devoxx.Native.Cgroups;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Monitor;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary>
/// <c>events [--stats] [--interval DURATION] ID</c>: what the container uses, as lines of JSON in runc's form, every interval and until it ends; <c>oom</c> when
/// memory ran out. With <c>--stats</c> one line.
/// </summary>
internal static class EventsVerb
{
    private const int DefaultIntervalMs = 5000;

    public static int Run(GlobalOptions options, ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, ["interval"], ["stats"]);
        var interval = parsed.Value("interval") is { } text ? Milliseconds(text) : DefaultIntervalMs;
        var container = Container.Open(options.Root, parsed.Single("container id"));
        using var init = container.State.Init.OpenIfAlive() ?? throw new SetupException($"container {container.State.Id} is not running");
        var cgroup = container.NeedCgroup();
        if (parsed.Has("stats"))
        {
            Print(container.State.Id, "stats", cgroup.ReadStats());
            return 0;
        }

        Follow(container.State.Id, cgroup, (int)init.DangerousGetHandle(), interval);
        return 0;
    }

    private static unsafe void Follow(string id, Cgroup cgroup, int init, int interval)
    {
        using var epoll = new Epoll();
        using var oom = cgroup.WatchOom();
        epoll.Add(init);
        if (oom is not null)
        {
            epoll.Add((int)oom.DangerousGetHandle());
        }

        // Version 1 tells before the kernel has killed anybody (mm/memcontrol-v1.c, mem_cgroup_oom): whoever looks at once sees no more than before.
        const int LookAgainMs = 10, LongestMs = 1000;
        var kills = cgroup.ReadStats().OomKills ?? 0;
        var (due, lookUntil) = (Environment.TickCount64, 0L);
        while (true)
        {
            Epoll.Event happened;
            var now = Environment.TickCount64;
            var count = epoll.Wait(&happened, 1, (int)Math.Clamp(due - now, 0, now < lookUntil ? Math.Min(LookAgainMs, interval) : interval));
            if (count == 1 && (int)happened.Fd == init)
            {
                return;
            }

            if (count == 1)
            {
                oom!.Drain();
                lookUntil = Environment.TickCount64 + LongestMs;
            }

            var stats = cgroup.ReadStats();
            if (stats.OomKills > kills)
            {
                (kills, lookUntil) = (stats.OomKills.Value, 0);
                Print(id, "oom", null);
            }

            if (count == 0 && Environment.TickCount64 >= due)
            {
                Print(id, "stats", stats);
                due = Environment.TickCount64 + interval;
            }
        }
    }

    private static void Print(string id, string type, CgroupStats? stats)
    {
        var line = JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteString("id", id);
            if (stats is not null)
            {
                writer.WriteStartObject("data");
                Write(writer, stats);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        });
        Failure.Write(1, Encoding.UTF8.GetString(line) + "\n");
    }

    // runc's names; times of the processor in nanoseconds.
    private static void Write(Utf8JsonWriter writer, CgroupStats stats)
    {
        writer.WriteStartObject("cpu");
        writer.WriteStartObject("usage");
        Number(writer, "total", stats.CpuUsage * 1000);
        writer.WriteEndObject();
        writer.WriteStartObject("throttling");
        Number(writer, "throttledPeriods", stats.CpuThrottledPeriods);
        Number(writer, "throttledTime", stats.CpuThrottledTime * 1000);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("memory");
        writer.WriteStartObject("usage");
        Number(writer, "limit", stats.MemoryLimit);
        Number(writer, "usage", stats.MemoryCurrent);
        Number(writer, "max", stats.MemoryPeak);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("pids");
        Number(writer, "current", stats.PidsCurrent);
        writer.WriteEndObject();
        writer.WriteStartObject("blkio");
        Number(writer, "readBytes", stats.IoRead);
        Number(writer, "writtenBytes", stats.IoWritten);
        writer.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    /// <summary>Go's form: <c>5s</c>, <c>500ms</c>, <c>1m</c>.</summary>
    private static int Milliseconds(string text)
    {
        var (unit, factor) = text.EndsWith("ms", StringComparison.Ordinal) ? ("ms", 1) : text.EndsWith('s') ? ("s", 1000) : text.EndsWith('m') ? ("m", 60_000) : ("?", 0);
        return factor > 0 && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * factor is >= 1 and <= int.MaxValue
            ? (int)(number * factor)
            : throw new UsageException($"--interval: '{text}' is no duration; say e.g. 5s or 500ms");
    }
}
