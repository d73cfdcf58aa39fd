using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Verbs;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class GlobalOptionsTests
{
    /// <summary>As the command line does it: what stands before the verb, then what stands after it.</summary>
    private static (GlobalOptions Global, ParsedArguments Parsed) Parse(string verb, string before, string after)
    {
        new ArgumentParser(GlobalOptions.Flags).ParsePrefix(Split(before), out var first);
        var command = VerbTable.Find(verb)!;
        var second = new ArgumentParser(command.AllFlags()).Parse(Split(after), command.Interspersed);
        return (new GlobalOptions(first, second), second);
    }

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Files_may_stand_before_and_after_the_verb_and_keep_their_order() =>
        Assert.Equal(["a.yaml", "b.yaml", "c.yaml"], Parse("up", "-f a.yaml", "-d -f b.yaml web --file=c.yaml").Global.Files);

    [Fact]
    public void After_logs_the_letter_f_follows_and_the_long_name_is_still_a_file()
    {
        var (global, parsed) = Parse("logs", "-f a.yaml", "-f --file b.yaml web");
        Assert.Equal(["a.yaml", "b.yaml"], global.Files);
        Assert.Equal(["web"], parsed.Words);
    }

    [Fact]
    public void The_later_place_wins_for_a_single_value() => Assert.Equal("two", Parse("ps", "-p one", "-p two").Global.Project);

    [Fact]
    public void Reads_all_of_them_after_the_verb()
    {
        var (global, _) = Parse("down", "", "-p shop --project-directory /srv --env-file a.env --env-file b.env --profile x --progress plain --ansi never --root /r -t 3");
        Assert.Equal("shop", global.Project);
        Assert.Equal("/srv", global.Directory);
        Assert.Equal(["a.env", "b.env"], global.EnvFiles);
        Assert.Equal(["x"], global.Profiles);
        Assert.Equal("plain", global.ProgressMode);
        Assert.Equal("never", global.AnsiMode);
        Assert.Equal("/r", global.StateRoot);
    }
}
