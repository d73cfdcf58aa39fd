using CsCheck;
using Devoxx.Compose.Interpolation;

namespace Devoxx.Compose.Tests;

public sealed class InterpolationTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["FOO"] = "first", ["EMPTY"] = "", ["json"] = """{"a":1}""" };

    private static string Substitute(string text) => Template.Substitute(text, name => Variables.GetValueOrDefault(name), _ => { });

    [Theory]
    [InlineData("$FOO", "first")]
    [InlineData("${FOO}", "first")]
    [InlineData("ok $FOO-x", "ok first-x")]
    [InlineData("ok ${FOO}x", "ok firstx")]
    [InlineData("$NOPE.", ".")]
    [InlineData("$$FOO ${FOO}$$", "$FOO first$")]
    [InlineData("$$$FOO", "$first")]
    [InlineData("costs 5$", "costs 5$")]
    [InlineData("a $ b $1 $-", "a $ b $1 $-")]
    [InlineData("${NOPE:-default}", "default")]
    [InlineData("${EMPTY:-default}", "default")]
    [InlineData("${EMPTY-default}", "")]
    [InlineData("${NOPE-default}", "default")]
    [InlineData("${FOO:-default}", "first")]
    [InlineData("${FOO:+alt}", "alt")]
    [InlineData("${EMPTY:+alt}", "")]
    [InlineData("${EMPTY+alt}", "alt")]
    [InlineData("${NOPE+alt}", "")]
    [InlineData("${FOO:?err}", "first")]
    [InlineData("${EMPTY?err}", "")]
    [InlineData("${NOPE:-${FOO}}", "first")]
    [InlineData("${NOPE:-a${EMPTY:-b${FOO}c}d}e", "abfirstcde")]
    [InlineData("${NOPE:-x}-${FOO:-y}", "x-first")]
    [InlineData("${NOPE:-}", "")]
    [InlineData("${NOPE:-http://x:80/}", "http://x:80/")]
    [InlineData("${NOPE:-{\"a\":1}}", "{\"a\":1}")]
    [InlineData("${NOPE:-a:-b}", "a:-b")]
    [InlineData("${NOPE-a-b}", "a-b")]
    [InlineData("${json}", "{\"a\":1}")]
    [InlineData("${NOPE:-$$x}", "$x")]
    [InlineData("${_x:-1} ${a1:-2}", "1 2")]
    public void Replaces(string text, string expected) => Assert.Equal(expected, Substitute(text));

    [Theory]
    [InlineData("${")]
    [InlineData("${}")]
    [InlineData("${FOO")]
    [InlineData("${FOO.BAR}")]
    [InlineData("${1A}")]
    [InlineData("${ FOO }")]
    [InlineData("${FOO:x}")]
    [InlineData("${FOO:-a\nb}")]
    public void Refuses_malformed_variables(string text) => Assert.Contains("$$ for a plain $", Assert.Throws<TemplateException>(() => Substitute(text)).Message);

    [Theory]
    [InlineData("${NOPE:?}", "variable NOPE is not set and required; ")]
    [InlineData("${NOPE?say it}", "variable NOPE is not set and required: say it; ")]
    [InlineData("${EMPTY:?a ${FOO} b}", "variable EMPTY is empty and required: a first b; ")]
    public void Demands_required_variables(string text, string message) => Assert.StartsWith(message, Assert.Throws<TemplateException>(() => Substitute(text)).Message);

    [Fact]
    public void Doubling_every_dollar_round_trips() =>
        Gen.String[Gen.Char["$${}:-?+ab \nFOO"], 0, 40].Sample(text => Substitute(text.Replace("$", "$$")) == text);

    [Fact]
    public void Text_without_dollars_stays() => Gen.String[Gen.Char["{}:-?+ab\\\"'# "], 0, 40].Sample(text => ReferenceEquals(Substitute(text), text));

    [Fact]
    public void Points_to_the_value_that_lacks_a_variable() =>
        Assert.Equal("compose.yaml:4:15: variable TOKEN is not set and required: from the vault; set it in the shell or in .env", Compose.Error("hostname: \"${TOKEN:?from the vault}\""));

    [Fact]
    public void Warns_once_of_a_variable_that_is_not_set() =>
        Assert.Equal(["compose.yaml:4:15: variable A is not set, so it is empty here; set it, or write ${A:-default}"], Compose.Request(Compose.Stack("hostname: $A\ndomainname: $A")).Warnings());

    [Fact]
    public void Turns_strings_into_the_numbers_and_booleans_that_are_meant()
    {
        var service = Compose.Service(
            "scale: ${N}\ncpus: ${F}\ninit: ${B}\nulimits: {nofile: \"${N}\"}\nports: [{target: \"${N}\"}]\nhealthcheck: {retries: \"${N}\"}", ("N", "7"), ("F", "0.5"), ("B", "true"));

        Assert.Equal((7, 0.5, true, 7L, 7, 7), (service.Scale, service.Cpus, service.Init, service.Ulimits["nofile"].Soft, service.Ports[0].Target, service.Healthcheck!.Retries));
    }

    [Fact]
    public void Says_what_a_variable_was_when_it_is_no_number()
    {
        var error = Assert.Single(Compose.Request(Compose.Stack("scale: ${N}"), ("N", "many")).Errors());
        Assert.Equal("compose.yaml:4:12: `${N}` is `many`, which is not an integer; write a number such as 1", error);
    }

    [Fact]
    public void Keys_are_not_interpolated() => Compose.Same("""{"labels":{"$$K":"v"}}""", Compose.Canonical("labels: {$K: v}", "", ("K", "key")));

    [Fact]
    public void Lists_the_variables_of_a_file()
    {
        var model = ComposeLoader.LoadModel(Compose.Request(Compose.Stack("hostname: ${A}\ncommand: [\"${B:-x${C:?e}}\", \"${D+alt}\", $$E]")) with { Interpolate = false }).Model!;

        Assert.Equal(
            [new("A", false, "", ""), new("B", false, "x${C:?e}", ""), new("C", true, "", ""), new("D", false, "", "alt")],
            ConfigOutput.Variables(model));
    }
}
