using CsCheck;
using Devoxx.Supervisor.EventLog;

namespace Devoxx.Supervisor.Tests.EventLog;

public sealed class TimeExpressionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 17, 24, 58, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("10m", "2026-11-23T16:14:58.0000000Z")]
    [InlineData("1h30m", "2026-11-23T14:54:58.0000000Z")]
    [InlineData("1.5h", "2026-11-23T14:54:58.0000000Z")]
    [InlineData("1h1m1s1ms", "2026-11-23T15:23:56.9990000Z")]
    [InlineData("0s", "2026-11-23T16:24:58.0000000Z")]
    [InlineData("-5m", "2026-11-23T16:29:58.0000000Z")]
    [InlineData("7d", "2026-11-16T16:24:58.0000000Z")]
    [InlineData("2026-11-23T17:24:58Z", "2026-11-23T17:24:58.0000000Z")]
    [InlineData("2026-11-23T17:24:58.123456789Z", "2026-11-23T17:24:58.1234567Z")]
    [InlineData("2026-11-23T17:24:58.5+02:00", "2026-11-23T15:24:58.5000000Z")]
    [InlineData("2026-11-23T17:24:58-05:00", "2026-11-23T22:24:58.0000000Z")]
    [InlineData("2026-11-23T17:24Z", "2026-11-23T17:24:00.0000000Z")]
    [InlineData("2026-11-23T17:24", "2026-11-23T16:24:00.0000000Z")]
    [InlineData("2026-11-23T17:24:58", "2026-11-23T16:24:58.0000000Z")]
    [InlineData("2026-11-23", "2026-11-22T23:00:00.0000000Z")]
    [InlineData("2026-11-23Z", "2026-11-23T00:00:00.0000000Z")]
    [InlineData("1795454698", "2026-11-23T17:24:58.0000000Z")]
    [InlineData("1795454698.25", "2026-11-23T17:24:58.2500000Z")]
    [InlineData("1795454698.123456789", "2026-11-23T17:24:58.1234567Z")]
    [InlineData("10", "1970-01-01T00:00:10.0000000Z")]
    [InlineData("0", "1970-01-01T00:00:00.0000000Z")]
    public void Takes_what_docker_takes(string text, string expected) =>
        Assert.Equal(expected, TimeExpression.Parse(text, Now).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'"));

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("10x")]
    [InlineData("m")]
    [InlineData("1h30")]
    [InlineData("2026-13-01")]
    [InlineData("2026-11-23 17:24")]
    [InlineData("1e9")]
    [InlineData("1..5h")]
    [InlineData("99999999999999999999h")]
    public void Says_what_a_time_looks_like_when_it_is_given_none(string text)
    {
        var error = Assert.Throws<FormatException>(() => TimeExpression.Parse(text, Now));
        Assert.Contains($"'{text}' is not a time: expected a duration ('10m'", error.Message);
    }

    [Fact]
    public void Any_text_is_a_time_or_a_format_error() =>
        Gen.OneOf(Gen.String, Gen.Char["0123456789.:-+TZhmsµ "].Array[0, 30].Select(text => new string(text))).Sample(text =>
        {
            try
            {
                TimeExpression.Parse(text, Now);
            }
            catch (FormatException)
            {
            }
        });

    [Fact]
    public void What_is_written_by_RFC_3339_is_read_again() =>
        Gen.DateTimeOffset.Sample(time => TimeExpression.Parse(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz"), Now) == time);
}
