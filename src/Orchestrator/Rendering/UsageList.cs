using System.Globalization;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>A container of <c>stats</c>: what it uses, by the newest reading and the one before.</summary>
/// <param name="Usage">Null: it does not run.</param>
internal sealed record UsageRow(ContainerView Container, UsageView? Usage, UsageView? Before)
{
    /// <summary>Of one processor, in per cent; null where it is not known.</summary>
    public double? CpuShare
    {
        get
        {
            if (Usage?.CpuMicroseconds is not { } now || Before?.CpuMicroseconds is not { } then)
            {
                return null;
            }

            var passed = (Usage.SinceBoot - Before.SinceBoot).TotalMicroseconds;
            // Less than before: another run of it, with a cgroup of its own.
            return passed <= 0 || now < then ? 0 : 100 * (now - then) / passed;
        }
    }

    public double? MemoryShare => Usage is { Memory: { } memory, MemoryLimit: > 0 and var limit } ? 100.0 * memory / limit : null;
}

/// <summary>The output of <c>stats</c>, in the columns and units of <c>docker stats</c>; pressure stands behind them where the kernel tells it.</summary>
internal sealed class UsageList(string? format, bool truncate)
{
    private const string Unknown = "--";
    private static readonly string[] Plain = ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"];
    private static readonly string[] Fields = ["BlockIO", "CPUPerc", "Container", "ID", "MemPerc", "MemUsage", "Name", "NetIO", "PIDs", "Pressure"];

    private readonly Template? template = format is null or "" or "table" or "json" or "{{json .}}" ? null : Template.Parse(format);

    public void Write(TextWriter output, IEnumerable<UsageRow> all)
    {
        var rows = all.ToList();
        if (template is not null)
        {
            template.Write(output, rows, Field, Heading);
        }
        else if (format is "json" or "{{json .}}")
        {
            foreach (var row in rows)
            {
                JsonOutput.WriteLine(output, row, (json, row) =>
                {
                    foreach (var field in Fields)
                    {
                        json.WriteString(field, Field(row, field));
                    }
                });
            }
        }
        else
        {
            WriteTable(output, rows);
        }
    }

    private void WriteTable(TextWriter output, List<UsageRow> rows)
    {
        string[] columns = rows.Exists(row => row.Usage is { CpuPressure: not null } or { MemoryPressure: not null } or { IoPressure: not null })
            ? [.. Plain, "Pressure"] : Plain;
        var table = new Table([.. columns.Select(Heading)]);
        foreach (var row in rows)
        {
            table.Add([.. columns.Select(column => Field(row, column)!)]);
        }

        table.Write(output);
    }

    /// <summary>A field by its name in a template of docker's, <c>Pressure</c> being ours; null when there is none of that name.</summary>
    public string? Field(UsageRow row, string name) => name switch
    {
        "ID" => truncate ? ContainerText.ShortId(row.Container.Id) : row.Container.Id,
        "Container" or "Name" => row.Container.Name,
        "CPUPerc" => Percent(row.CpuShare),
        "MemUsage" => row.Usage is null ? $"{Unknown} / {Unknown}" : $"{Binary(row.Usage.Memory)} / {Binary(row.Usage.MemoryLimit)}",
        "MemPerc" => Percent(row.MemoryShare),
        "NetIO" => Pair(row.Usage?.NetReceived, row.Usage?.NetSent),
        "BlockIO" => Pair(row.Usage?.IoRead, row.Usage?.IoWritten),
        "PIDs" => row.Usage?.Pids is { } pids ? pids.ToString(CultureInfo.InvariantCulture) : Unknown,
        "Pressure" => Pressure(row.Usage),
        _ => null,
    };

    private static string Heading(string field) => field switch
    {
        "ID" => "CONTAINER ID",
        "Container" => "CONTAINER",
        "CPUPerc" => "CPU %",
        "MemUsage" => "MEM USAGE / LIMIT",
        "MemPerc" => "MEM %",
        "NetIO" => "NET I/O",
        "BlockIO" => "BLOCK I/O",
        "Pressure" => "CPU / MEM / IO STALLED",
        _ => field.ToUpperInvariant(),
    };

    private static string Pressure(UsageView? usage) =>
        usage is null ? Unknown : $"{Percent(usage.CpuPressure)} / {Percent(usage.MemoryPressure)} / {Percent(usage.IoPressure)}";

    private static string Percent(double? share) => share is { } value ? value.ToString("0.00", CultureInfo.InvariantCulture) + "%" : Unknown;

    private static string Pair(long? left, long? right) =>
        left is null && right is null ? $"{Unknown} / {Unknown}" : $"{HumanSize.Of(left ?? 0, 3)} / {HumanSize.Of(right ?? 0, 3)}";

    /// <summary>Memory is told in powers of 1024, as Docker does: <c>1.934GiB</c>.</summary>
    private static string Binary(long? bytes)
    {
        if (bytes is not { } value)
        {
            return Unknown;
        }

        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        double size = value;
        var unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        var whole = size < 1 ? 1 : (int)Math.Floor(Math.Log10(size)) + 1;
        return Math.Round(size, Math.Max(4 - whole, 0)).ToString("0.###", CultureInfo.InvariantCulture) + units[unit];
    }
}
