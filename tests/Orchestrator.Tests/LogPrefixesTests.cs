using System.Text;
using Devoxx.Orchestrator.Rendering;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class LogPrefixesTests
{
    private static string Of(LogPrefixes prefixes, string name) => Encoding.UTF8.GetString(prefixes.Of(name).Span);

    [Fact]
    public void Prefixes_are_aligned_over_all_replicas()
    {
        var prefixes = new LogPrefixes(new LogStyle(Colour: false), ["web-1", "database-1"]);
        Assert.Equal("web-1       | ", Of(prefixes, "web-1"));
        Assert.Equal("database-1  | ", Of(prefixes, "database-1"));
    }

    [Fact]
    public void Each_replica_keeps_a_colour_of_its_own()
    {
        var prefixes = new LogPrefixes(new LogStyle(Colour: true), ["a-1", "b-1"]);
        Assert.Equal("\e[33mb-1  | \e[0m", Of(prefixes, "b-1"));
        Assert.Equal("\e[36ma-1  | \e[0m", Of(prefixes, "a-1"));
        Assert.Equal("\e[32mc-1  | \e[0m", Of(prefixes, "c-1"));
        Assert.Equal("\e[33mb-1 exited with code 0\e[0m\n", Encoding.UTF8.GetString(prefixes.Status("b-1", "exited with code 0")));
    }

    [Fact]
    public void Can_be_left_out() => Assert.Equal("", Of(new LogPrefixes(new LogStyle(Colour: true, Prefix: false), ["a-1"]), "a-1"));
}
