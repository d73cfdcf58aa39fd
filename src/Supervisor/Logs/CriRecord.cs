namespace Devoxx.Supervisor.Logs;

/// <summary>
/// One record of a log file, as the Container Runtime Interface has it:
/// <c>2026-11-23T17:24:58.123456789Z stdout F text</c>, with <c>P</c> in place of <c>F</c> for a piece of a line that goes
/// on in the next record of the same stream (kubernetes/design-proposals-archive, node/kubelet-cri-logging.md).
/// </summary>
internal readonly ref struct CriRecord
{
    private const int UsualTimestamp = 30;

    private CriRecord(ReadOnlySpan<byte> timestamp, LogStream stream, bool isPiece, ReadOnlySpan<byte> text)
    {
        Timestamp = timestamp;
        Stream = stream;
        IsPiece = isPiece;
        Text = text;
    }

    public ReadOnlySpan<byte> Timestamp { get; }

    public LogStream Stream { get; }

    /// <summary>Whether the line goes on in a later record.</summary>
    public bool IsPiece { get; }

    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Reads one record, given without its newline; false when it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> record, out CriRecord parsed)
    {
        var space = record.Length > UsualTimestamp && record[UsualTimestamp] == ' ' ? UsualTimestamp : record.IndexOf((byte)' ');

        // After the time: " stdout F text"; an empty text may have lost the space before it.
        if (space < 0 || record.Length < space + 9 || record[space + 7] != ' ' || record[space + 1] != 's'
            || record[space + 8] is not ((byte)'F' or (byte)'P'))
        {
            parsed = default;
            return false;
        }

        parsed = new CriRecord(
            record[..space],
            record[space + 4] == 'e' ? LogStream.Stderr : LogStream.Stdout,
            record[space + 8] == 'P',
            record.Length > space + 10 ? record[(space + 10)..] : default);
        return true;
    }
}
