using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Dotenv;

namespace Devoxx.Compose.Tests;

/// <summary>The syntax of env files; cases after compose-go's dotenv tests.</summary>
public sealed class DotEnvTests
{
    private static SortedDictionary<string, string> Parse(string text, params (string Name, string Value)[] surroundings)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        DotEnv.Parse("/srv/app/.env", text, variables, name => surroundings.Where(s => s.Name == name).Select(s => s.Value).FirstOrDefault(), new DiagnosticList());
        return variables;
    }

    [Theory]
    [InlineData("FOO=bar", "FOO", "bar")]
    [InlineData("FOO =bar", "FOO", "bar")]
    [InlineData("FOO= bar", "FOO", "bar")]
    [InlineData("FOO=", "FOO", "")]
    [InlineData("FOO=\"bar\"", "FOO", "bar")]
    [InlineData("FOO='bar'", "FOO", "bar")]
    [InlineData("FOO=\"escaped\\\"bar\"", "FOO", "escaped\"bar")]
    [InlineData("FOO=\"'d'\"", "FOO", "'d'")]
    [InlineData("A: 1", "A", "1")]
    [InlineData("A: Foo=bar", "A", "Foo=bar")]
    [InlineData("A=1:B", "A", "1:B")]
    [InlineData("export A=2", "A", "2")]
    [InlineData("export\tA='\\n'", "A", "\\n")]
    [InlineData("exportFOO=2", "exportFOO", "2")]
    [InlineData("export.FOO= 2", "export.FOO", "2")]
    [InlineData("FOO=\"bar\\nbaz\"", "FOO", "bar\nbaz")]
    [InlineData("FOO=a\\tb", "FOO", "a\\tb")]
    [InlineData("KEY=\"Z\\aZ\\bZ\\fZ\\nZ\\rZ\\tZ\\vZ\\\\Z\\0123Z\"", "KEY", "Z\aZ\bZ\fZ\nZ\rZ\tZ\vZ\\ZSZ")]
    [InlineData("FOO.BAR=foobar=", "FOO.BAR", "foobar=")]
    [InlineData("FOO=bar # this", "FOO", "bar")]
    [InlineData("FOO=bar #", "FOO", "bar")]
    [InlineData("FOO=123#no-comment", "FOO", "123#no-comment")]
    [InlineData("FOO=\"bar#baz\"# c", "FOO", "bar#baz")]
    [InlineData("FOO='bar#baz' # c", "FOO", "bar#baz")]
    [InlineData("FOO=\"bar\\n\\ b\\az\"", "FOO", "bar\n\\ b\az")]
    [InlineData("FOO=\"bar\\nbaz\\\\\"", "FOO", "bar\nbaz\\")]
    [InlineData("KEY=\"\\x07\"", "KEY", "\\x07")]
    [InlineData("  KEY=value", "KEY", "value")]
    [InlineData("a[1]=c", "a[1]", "c")]
    [InlineData("K='Let\\'s go!'", "K", "Let's go!")]
    [InlineData("J = 'first\nsecond'", "J", "first\nsecond")]
    [InlineData("\ufeffA=1", "A", "1")]
    [InlineData("A=1\r", "A", "1")]
    [InlineData("# c\n\n\t # d\nA=1 \n", "A", "1")]
    [InlineData("A=\\$B", "A", "\\")]
    [InlineData("A=\"\\$B\"", "A", "$B")]
    [InlineData("A=$$B", "A", "$B")]
    [InlineData("A='$B'", "A", "$B")]
    [InlineData("A=${B:-x}", "A", "x")]
    public void Reads_a_variable(string text, string name, string value) => Assert.Equal([KeyValuePair.Create(name, value)], Parse(text));

    [Fact]
    public void Variables_see_the_surroundings_before_the_file()
    {
        Assert.Equal("1 1 1_1", string.Join(' ', Parse("A=1\nB=$A\nC=${A}_$B\n").Values));
        Assert.Equal("1 5 5_5", string.Join(' ', Parse("A=1\nB=$A\nC=${A}_$B\n", ("A", "5")).Values));
    }

    [Fact]
    public void A_name_alone_is_taken_from_the_surroundings_or_left_out() =>
        Assert.Equal(["A=x", "C=3"], Parse("A\nB\nC=3\n", ("A", "x")).Select(v => $"{v.Key}={v.Value}"));

    [Theory]
    [InlineData("A=1\nlol$wut=2", "/srv/app/.env:2:4: `$` cannot stand in a variable's name; write NAME=VALUE")]
    [InlineData("A B=2", "/srv/app/.env:1:1: `A B` has a space in it; a variable's name has none")]
    [InlineData("\n\nA=\"x", "/srv/app/.env:3:3: this quote is never closed")]
    [InlineData("A=${B:?need}", "/srv/app/.env:1:3: variable B is not set and required: need; set it in the shell or in .env")]
    public void Points_to_what_is_malformed(string text, string message)
    {
        var error = Assert.Throws<ComposeException>(() => Parse(text));
        Assert.Equal(message, $"{error.Position.File}:{error.Position.Line}:{error.Position.Column}: {error.Message}");
    }

    [Fact]
    public void Raw_files_are_taken_as_they_are()
    {
        var variables = new Dictionary<string, string>();
        RawEnv.Parse("x.env", "A=\"1\" # c\n# no\n B=$C\nD\nE\n", variables, name => name == "D" ? "4" : null);
        Assert.Equal(["A=\"1\" # c", "B=$C", "D=4"], variables.Select(v => $"{v.Key}={v.Value}"));
    }

    [Fact]
    public void Env_files_of_a_service_fill_what_its_environment_leaves()
    {
        var service = Compose.Request(Compose.Stack("env_file: [a.env, {path: b.env, required: false}, {path: none.env, required: false}]\nenvironment: {MINE: 1, SHELL_ONLY: }"), ("SHELL_ONLY", "s"), ("V", "shell"))
            .With(("a.env", "MINE=0\nA=a\nB=a\n"), ("b.env", "B=${V}-${A}-$MINE\n")).Project().Services["it"];

        Assert.Equal(["A=a", "B=shell-a-1", "MINE=1", "SHELL_ONLY=s"], service.Environment.Select(v => $"{v.Key}={v.Value}"));
        Assert.Empty(service.EnvFile);
    }

    [Fact]
    public void A_missing_env_file_is_an_error_where_it_is_named() =>
        Assert.Equal("compose.yaml:4:17: there is no env file nope.env; create it, or write `required: false`", Compose.Error("env_file: [ nope.env ]"));

    [Fact]
    public void Verbs_that_start_nothing_do_not_need_env_files() =>
        Assert.Equal("/srv/app/nope.env", (Compose.Request(Compose.Stack("env_file: nope.env")) with { ResolveEnvironment = false }).Project().Services["it"].EnvFile[0].Path);

    [Fact]
    public void Label_files_fill_what_labels_leave() =>
        Assert.Equal(["a=1", "b=own"], Compose.Request(Compose.Stack("label_file: l\nlabels: [b=own]")).With(("l", "a=1\nb=2\n")).Project().Services["it"].Labels.Select(l => $"{l.Key}={l.Value}"));
}
