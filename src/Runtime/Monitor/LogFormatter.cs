namespace Devoxx.Runtime.Monitor;

/// <summary>
/// Puts output into the log's lines (CRI format):
/// <code>2026-11-23T17:24:58.123456789Z stdout F a whole line
/// 2026-11-23T17:24:58.123456789Z stdout P a piece of a line, at most 16 KiB, that goes on in the next of its stream</code>
/// </summary>
internal static class LogFormatter
{
    public const int LongestPiece = 16 * 1024;

    /// <summary>Bytes before the text: time, stream, tag and the spaces between.</summary>
    public const int Overhead = LogClock.Length + 10;

    /// <summary>
    /// How much of the input the next log line takes (its newline included) and whether that ends the line. 0: a piece that may still grow.
    /// </summary>
    /// <param name="more">Whether more input follows at once; then a short piece at the end waits for it.</param>
    public static int NextPiece(ReadOnlySpan<byte> input, bool more, out bool whole)
    {
        var limit = Math.Min(input.Length, LongestPiece + 1);
        var newline = input[..limit].IndexOf((byte)'\n');
        if (newline >= 0)
        {
            whole = true;
            return newline + 1;
        }

        whole = false;
        return input.Length > LongestPiece ? LongestPiece : more ? 0 : input.Length;
    }

    /// <summary>Writes one log line; <paramref name="piece"/> is what <see cref="NextPiece"/> found. Returns its length.</summary>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> time, ReadOnlySpan<byte> stream, ReadOnlySpan<byte> piece, bool whole)
    {
        time.CopyTo(target);
        var at = time.Length;
        target[at++] = (byte)' ';
        stream.CopyTo(target[at..]);
        at += stream.Length;
        target[at++] = (byte)' ';
        target[at++] = whole ? (byte)'F' : (byte)'P';
        target[at++] = (byte)' ';
        piece.CopyTo(target[at..]);
        at += piece.Length;
        if (!whole)
        {
            target[at++] = (byte)'\n';
        }

        return at;
    }
}
