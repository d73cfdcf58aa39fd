using System.Collections.Immutable;
using System.Text;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.EventLog;

/// <summary>Which events to read; by default all of them, oldest first.</summary>
public sealed record EventQuery
{
    /// <summary>Not before this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Not after this time; following ends then.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only what passes these.</summary>
    public ImmutableArray<EventFilter> Filters { get; init; } = [];

    /// <summary>Only this many of the newest; following goes on behind them. 0 follows from now on.</summary>
    public int? Tail { get; init; }

    /// <summary>Only events after the one with this ordering.</summary>
    public long After { get; init; }

    /// <summary>The condition, and the values of its parameters, in order.</summary>
    internal (string Sql, ImmutableArray<object> Values) ToSql()
    {
        var sql = new StringBuilder("ordering > $after");
        var values = ImmutableArray.CreateBuilder<object>();
        string Parameter(object value)
        {
            values.Add(value);
            return $"$p{values.Count - 1}";
        }

        if (Since is { } since)
        {
            sql.Append($" AND timestamp >= {Parameter(since.UtcTicks)}");
        }

        if (Until is { } until)
        {
            sql.Append($" AND timestamp <= {Parameter(until.UtcTicks)}");
        }

        foreach (var key in Filters.GroupBy(filter => filter.Key))
        {
            sql.Append(" AND (").AppendJoin(" OR ", key.Select(filter => filter.Key switch
            {
                "type" => $"manifest GLOB {Parameter(filter.Value + ".*")}",
                "event" => $"manifest GLOB {Parameter($"*.{filter.Value}.v*")} OR manifest GLOB {Parameter($"{filter.Value}.v*")}",
                _ => $"instr(tags, {Parameter(Subject.Tag(filter.Key, filter.Value))}) > 0",
            })).Append(')');
        }

        return (sql.ToString(), values.ToImmutable());
    }
}
