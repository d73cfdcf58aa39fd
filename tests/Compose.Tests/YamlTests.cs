using Devoxx.Compose.Tree;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose.Tests;

/// <summary>YAML as the reference's parser reads it: scalars' types, merge keys, and what libyaml is lenient about.</summary>
public sealed class YamlTests
{
    private static Node Tree(string yaml) => new TreeBuilder().Build(Assert.Single(YamlReader.Read("x.yaml", yaml)));

    private static string Json(string yaml) => Devoxx.Compose.Rendering.TreeJson.Compact(Tree(yaml));

    [Theory]
    [InlineData("0755", "493")]
    [InlineData("0o755", "493")]
    [InlineData("0x1F", "31")]
    [InlineData("0b11", "3")]
    [InlineData("-0x10", "-16")]
    [InlineData("1_000", "1000")]
    [InlineData("+5", "5")]
    [InlineData("089", "89")]
    [InlineData("1.50", "1.5")]
    [InlineData("1e3", "1000")]
    [InlineData(".5", "0.5")]
    [InlineData("1.", "1")]
    [InlineData("1e400", "\"1e400\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("22:22", "\"22:22\"")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("On", "\"On\"")]
    [InlineData("True", "true")]
    [InlineData("tRue", "\"tRue\"")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("!!str 1", "\"1\"")]
    [InlineData("!!int \"1\"", "1")]
    [InlineData("!!float 1", "1")]
    [InlineData("!!binary aGk=", "\"hi\"")]
    [InlineData("!mine 1", "\"1\"")]
    [InlineData("2024-1-2", "\"2024-01-02T00:00:00Z\"")]
    [InlineData("2024-13-02", "\"2024-13-02\"")]
    [InlineData("2024-02-30", "\"2024-02-30\"")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("|\n  a\n   b\n", "\"a\\n b\\n\"")]
    [InlineData(">-\n  a\n  b\n", "\"a b\"")]
    [InlineData("'it''s'", "\"it's\"")]
    [InlineData("\"\\x41\\u00e9\\/\"", "\"Aé/\"")]
    public void Reads_a_scalar(string yaml, string json) => Assert.Equal($"{{\"a\":{json}}}", Json("a: " + yaml));

    [Theory]
    [InlineData("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", """{"a":{"p":1,"q":2},"b":{"p":1,"q":3}}""")]
    [InlineData("a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y]}", """{"a":{"p":1},"b":{"p":2,"q":2},"c":{"p":1,"q":2}}""")]
    [InlineData("a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nc: {<<: *y, r: 3}", """{"a":{"p":1},"b":{"p":1,"q":2},"c":{"p":1,"q":2,"r":3}}""")]
    [InlineData("a: &x 1\nb: [*x, *x]", """{"a":1,"b":[1,1]}""")]
    [InlineData("a: &x 1\nb: &x 2\nc: *x", """{"a":1,"b":2,"c":2}""")]
    public void Applies_aliases_and_merge_keys(string yaml, string json) => Assert.Equal(json, Json(yaml));

    [Theory]
    [InlineData("a: [x,\ny]", """{"a":["x","y"]}""")]
    [InlineData("a:\n  b: {\n  c: 1,\n  d: 2\n}", """{"a":{"b":{"c":1,"d":2}}}""")]
    [InlineData("a:\n  b: \"x\n  y\"", """{"a":{"b":"x y"}}""")]
    [InlineData("a:\n  b: \"x\ny\"\n  c: z", """{"a":{"b":"x y","c":"z"}}""")]
    [InlineData("a: \"x\"#c\nb: 'y'#c", """{"a":"x","b":"y"}""")]
    [InlineData("a: [\"x#y\"#c\n,z]", """{"a":["x#y","z"]}""")]
    [InlineData("a: it's [not\nb: [x,\ny]", """{"a":"it's [not","b":["x","y"]}""")]
    [InlineData("a: |\n  [\"\n  #\nb: [x,\ny]", """{"a":"[\"\n#\n","b":["x","y"]}""")]
    public void Is_as_lenient_as_libyaml(string yaml, string json) => Assert.Equal(json.Replace("\n", "\\n"), Json(yaml));

    [Fact]
    public void Positions_are_those_of_the_file_even_where_leniency_was_needed()
    {
        var map = (MappingNode)Tree("a: [x,\ny, zz]\nb: c");
        var list = (SequenceNode)map.Find("a")!;
        Assert.Equal([(1, 5), (2, 1), (2, 4)], list.Items.Select(i => (i.Position.Line, i.Position.Column)));
        Assert.Equal((3, 4), (map.Find("b")!.Position.Line, map.Find("b")!.Position.Column));
    }

    [Theory]
    [MemberData(nameof(StackNames))]
    public void Leniency_changes_no_document(string name)
    {
        var text = File.ReadAllText(Stacks.Named(name).Path);
        var (documents, relaxed) = (YamlReader.Read("x.yaml", text), YamlReader.Read("x.yaml", Relaxation.Of(text).Text));
        Assert.Equal(documents.Count, relaxed.Count);
        for (var i = 0; i < documents.Count; i++) Assert.True(new TreeBuilder().Build(documents[i]).SameAs(new TreeBuilder().Build(relaxed[i])));
    }

    public static TheoryData<string> StackNames => Stacks.Names;

    [Theory]
    [InlineData("a: [http://x?y]", "x.yaml:1:5: not valid YAML: `http://x?y` has a question mark in it and stands between brackets; quote it: \"http://x?y\"")]
    [InlineData("a: [b, `c]", "x.yaml:1:8: not valid YAML: no value can begin with ```; quote it: \"`c\"")]
    [InlineData("a: 1\n...\nb: 2", "x.yaml:3:1: not valid YAML: a further document begins with `---`")]
    [InlineData("a: &b.c 1", "x.yaml:1:4: `b.c` cannot name an anchor; use letters, digits, `_` and `-`")]
    [InlineData("a: *.example", "x.yaml:1:4: `.example` cannot name an anchor; use letters, digits, `_` and `-`")]
    public void Refuses_what_libyaml_refuses(string yaml, string message)
    {
        var error = Assert.Throws<Diagnosis.ComposeException>(() => Tree(yaml));
        Assert.Equal(message, $"{error.Position.File}:{error.Position.Line}:{error.Position.Column}: {error.Message}");
    }
}
