using System.Text;

namespace Devoxx.Compose.Tests;

/// <summary>Files that mean harm, or are broken beyond use, are refused clearly and in bounded memory, and so in bounded time.</summary>
public sealed class HostileInputTests
{
    [Fact]
    public void Refuses_an_alias_bomb()
    {
        var yaml = new StringBuilder("x-a: &a [x, x, x, x, x, x, x, x, x, x]\n");
        for (var c = 'b'; c < 'k'; c++) yaml.Append($"x-{c}: &{c} [{string.Join(", ", Enumerable.Repeat("*" + (char)(c - 1), 10))}]\n");
        Assert.Contains("refers to itself too often", Refusal(yaml + "services: {}"));
    }

    [Fact]
    public void Refuses_a_merge_key_bomb()
    {
        var yaml = new StringBuilder("x-a: &a {k: v}\n");
        for (var c = 'b'; c < 'l'; c++) yaml.Append($"x-{c}: &{c} {{<<: [{string.Join(", ", Enumerable.Repeat("*" + (char)(c - 1), 10))}]}}\n");
        Assert.Contains("refers to itself too often", Refusal(yaml + "services: {}"));
    }

    [Theory]
    [InlineData("a: &a [*a]", "contains itself")]
    [InlineData("a: &a {b: *a}", "contains itself")]
    public void Refuses_anchors_that_contain_themselves(string yaml, string message) => Assert.Contains(message, Refusal(yaml));

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Refuses_deep_nesting(char open, char close)
    {
        var inner = open == '{' ? string.Concat(Enumerable.Repeat("{a: ", 5000)) + "1" + new string(close, 5000) : new string(open, 5000) + new string(close, 5000);
        Assert.Contains("nested deeper than 200 levels", Refusal("x-a: " + inner));
    }

    [Fact]
    public void Refuses_deep_block_nesting() =>
        Assert.Contains("nested deeper than 200 levels", Refusal(string.Concat(Enumerable.Range(0, 400).Select(i => new string(' ', i) + "a:\n"))));

    [Fact]
    public void Refuses_files_beyond_all_measure() => Assert.Contains("at most 16777216 are read", Refusal("x-a: " + new string('a', 17 << 20)));

    [Fact]
    public void Reads_a_scalar_of_a_megabyte() =>
        Assert.Equal(1 << 20, Compose.Service("environment: {BIG: " + new string('a', 1 << 20) + "}").Environment["BIG"]!.Length);

    [Fact]
    public void Reads_a_chain_of_twenty_thousand_services()
    {
        var yaml = "services:\n  s0: {image: x}\n" + string.Concat(Enumerable.Range(1, 19999).Select(i => $"  s{i}: {{image: x, depends_on: [s{i - 1}]}}\n"));
        var project = (Compose.Request(yaml) with { Services = ["s19999"] }).Project();
        Assert.Equal(20000, project.Services.Count);
        Assert.Equal("s0", ConfigOutput.Services(project)[0]);
    }

    [Fact]
    public void Refuses_an_endless_chain_of_extends() =>
        Assert.Contains("extends more than", Compose.Errors("services:\n  s0: {image: x}\n" + string.Concat(Enumerable.Range(1, 2000).Select(i => $"  s{i}: {{extends: s{i - 1}}}\n").Reverse()))[0]);

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)':', (byte)' ', 0xff }, "compose.yaml:1:4: not valid UTF-8: byte 0xFF stands here; save the file as UTF-8")]
    [InlineData(new byte[] { (byte)'a', (byte)':', (byte)'\n', 0xc3, 0x28 }, "compose.yaml:2:1: not valid UTF-8: byte 0xC3 stands here; save the file as UTF-8")]
    public void Refuses_what_is_not_UTF_8(byte[] bytes, string message) => Assert.Equal(message, Assert.Single(Compose.Errors(Utf8Text.Decode(bytes))));

    [Fact]
    public void Reads_UTF_16_and_byte_order_marks()
    {
        Assert.Equal("é", Utf8Text.Decode([0xff, 0xfe, 0xe9, 0]));
        Assert.Equal("é", Utf8Text.Decode([0xfe, 0xff, 0, 0xe9]));
        Assert.Equal("é", Utf8Text.Decode([0xef, 0xbb, 0xbf, 0xc3, 0xa9]));
        Assert.Single(Compose.Project("\ufeffservices: {a: {image: x}}").Services);
    }

    [Theory]
    [InlineData("image: \"a\0b\"", "U+0000")]
    [InlineData("image: a\u0007b", "U+0007")]
    public void Refuses_control_characters(string body, string message) => Assert.Contains(message, Refusal(Compose.Stack("hostname: x").Replace("hostname: x", body)));

    private static string Refusal(string yaml)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Compose.Errors(yaml)[0];
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1L << 30, "allocated over 1 GiB");
        return error;
    }
}
