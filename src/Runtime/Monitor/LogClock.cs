using Devoxx.Native;

namespace Devoxx.Runtime.Monitor;

/// <summary>Writes the wall clock as RFC 3339 with nanoseconds, without allocating; the date part is computed once a second.</summary>
internal sealed unsafe class LogClock
{
    /// <summary>Length of <c>2026-11-23T17:24:58.123456789Z</c>.</summary>
    public const int Length = 30;

    private readonly byte[] _text = new byte[Length];
    private long _second = long.MinValue;

    /// <summary>The present time; the span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Now()
    {
        var time = stackalloc long[2];
        RawSyscall.Invoke(Nr.clock_gettime, 0 /* CLOCK_REALTIME */, (nint)time);
        return Format(time[0], time[1]);
    }

    /// <summary>A time in seconds after 1970 and nanoseconds.</summary>
    public ReadOnlySpan<byte> Format(long seconds, long nanoseconds)
    {
        if (seconds != _second)
        {
            _second = seconds;
            var t = DateTime.UnixEpoch.AddSeconds(seconds);
            Put(0, 4, t.Year);
            _text[4] = (byte)'-';
            Put(5, 2, t.Month);
            _text[7] = (byte)'-';
            Put(8, 2, t.Day);
            _text[10] = (byte)'T';
            Put(11, 2, t.Hour);
            _text[13] = (byte)':';
            Put(14, 2, t.Minute);
            _text[16] = (byte)':';
            Put(17, 2, t.Second);
            _text[19] = (byte)'.';
            _text[29] = (byte)'Z';
        }

        Put(20, 9, nanoseconds);
        return _text;
    }

    private void Put(int at, int digits, long value)
    {
        for (var i = at + digits - 1; i >= at; i--)
        {
            _text[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
