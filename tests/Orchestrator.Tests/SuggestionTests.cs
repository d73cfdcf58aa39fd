using Devoxx.Orchestrator.Arguments;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("psu", "pus", 1)]
    [InlineData("same", "same", 0)]
    public void Counts_edits_with_a_swap_as_one(string left, string right, int expected)
    {
        Assert.Equal(expected, Suggestion.Distance(left, right));
        Assert.Equal(expected, Suggestion.Distance(right, left));
    }

    [Theory]
    [InlineData("pus", "ps")]
    [InlineData("stpo", "stop")]
    [InlineData("evnets", "events")]
    [InlineData("vers", "version")]
    [InlineData("zzzzzz", null)]
    [InlineData("x", null)]
    public void Finds_the_nearest_verb(string typed, string? expected) =>
        Assert.Equal(expected, Suggestion.For(typed, ["ps", "stop", "start", "events", "version", "up"]));
}
