using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

public sealed class PolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(null, true, false, 0, PullDecision.Use)]
    [InlineData("missing", false, false, 0, PullDecision.Pull)]
    [InlineData("if_not_present", false, true, 0, PullDecision.Build)]
    [InlineData("always", true, true, 0, PullDecision.Pull)]
    [InlineData("never", true, false, 0, PullDecision.Use)]
    [InlineData("never", false, true, 0, PullDecision.Fail)]
    [InlineData("build", true, true, 0, PullDecision.Build)]
    [InlineData("build", false, false, 0, PullDecision.Fail)]
    [InlineData("daily", true, false, 23, PullDecision.Use)]
    [InlineData("daily", true, false, 24, PullDecision.Pull)]
    [InlineData("weekly", true, false, 24 * 6, PullDecision.Use)]
    [InlineData("every_1h30m", true, false, 1, PullDecision.Use)]
    [InlineData("every_1h30m", true, false, 2, PullDecision.Pull)]
    [InlineData("every_2w", true, false, -1, PullDecision.Pull)]
    public void Decides_as_the_compose_specification_says(string? policy, bool present, bool buildable, int hoursAgo, PullDecision expected) =>
        Assert.Equal(expected, PullPolicy.Parse(policy).Decide(present, buildable, hoursAgo < 0 ? null : Now.AddHours(-hoursAgo), Now));

    [Theory]
    [InlineData("sometimes")]
    [InlineData("every_")]
    [InlineData("every_5")]
    [InlineData("every_5y")]
    [InlineData("every_-5h")]
    [InlineData("every_0s")]
    public void Refuses_other_policies(string text) => Assert.Contains("expected always", Assert.Throws<ImageException>(() => PullPolicy.Parse(text)).Message);

    [Theory]
    [InlineData("amd64", "linux/amd64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/aarch64", "linux/arm64/v8")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/arm/v6", "linux/arm/v6")]
    [InlineData("linux/amd64/v3", "linux/amd64/v3")]
    [InlineData("windows/amd64", "windows/amd64")]
    public void Platforms_have_one_spelling(string text, string expected) => Assert.Equal(expected, ImagePlatform.Parse(text).ToString());

    [Theory]
    [InlineData("linux/arm/v7", "linux/arm/v7", 0)]
    [InlineData("linux/arm/v7", "linux/arm/v6", 1)]
    [InlineData("linux/arm/v6", "linux/arm/v7", null)]
    [InlineData("linux/amd64", "linux/amd64/v2", null)]
    [InlineData("linux/amd64/v3", "linux/amd64", 2)]
    [InlineData("linux/amd64", "linux/arm64", null)]
    public void An_older_variant_runs_on_a_newer_machine(string wanted, string offered, int? distance) =>
        Assert.Equal(distance, ImagePlatform.Parse(wanted).Distance(ImagePlatform.Parse(offered)));

    [Fact]
    public void Waits_longer_each_time_and_as_long_as_the_registry_asks()
    {
        var first = TimeSpan.FromSeconds(1);
        Assert.Equal([1, 2, 4, 8, 60], new[] { 0, 1, 2, 3, 9 }.Select(attempt => Backoff.Delay(attempt, first, null, 0).TotalSeconds));
        Assert.Equal(0.5, Backoff.Delay(0, first, null, 1).TotalSeconds);
        Assert.Equal(7, Backoff.Delay(0, first, TimeSpan.FromSeconds(7), 0).TotalSeconds);
        Assert.True(Backoff.IsTooLong(TimeSpan.FromMinutes(2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Platform_text_that_is_none_is_refused(int index) => Assert.Throws<ImageException>(() => ImagePlatform.Parse(new[] { "a/b/c/d", "linux//" }[index]));
}
