using Devoxx.Oci;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class HealthSpecsTests
{
    private static readonly ImageConfig Checked = new()
    {
        Cmd = ["sh"],
        Healthcheck = new Healthcheck { Test = ["CMD-SHELL", "probe"], Interval = 7_000_000_000, Timeout = 3_000_000_000, Retries = 9 },
    };

    [Fact]
    public void Has_dockers_defaults()
    {
        var spec = Of("healthcheck: {test: [CMD, /bin/true, -x]}")!;

        Assert.Equal(["/bin/true", "-x"], spec.Command);
        Assert.Equal((30, 30, 3, 0, 5), (spec.Interval.TotalSeconds, spec.Timeout.TotalSeconds, spec.Retries, spec.StartPeriod.TotalSeconds, spec.StartInterval.TotalSeconds));
    }

    [Fact]
    public void A_plain_string_is_the_shells() =>
        Assert.Equal(["/bin/sh", "-c", "wget -q localhost || exit 1"], Of("healthcheck: {test: wget -q localhost || exit 1}")!.Command);

    [Fact]
    public void The_images_shell_is_used_where_it_names_one() =>
        Assert.Equal(["/bin/bash", "-ec", "x"], Of("healthcheck: {test: [CMD-SHELL, x]}", Checked with { Shell = ["/bin/bash", "-ec"] })!.Command);

    [Fact]
    public void Says_all_there_is_to_say()
    {
        var spec = Of("healthcheck: {test: x, interval: 1s, timeout: 2s, retries: 4, start_period: 5s, start_interval: 500ms}")!;

        Assert.Equal((1, 2, 4, 5, 0.5), (spec.Interval.TotalSeconds, spec.Timeout.TotalSeconds, spec.Retries, spec.StartPeriod.TotalSeconds, spec.StartInterval.TotalSeconds));
    }

    [Fact]
    public void The_images_check_is_taken_as_it_is() =>
        Assert.Equal((7, 9, "probe"), (Of("", Checked)!.Interval.TotalSeconds, Of("", Checked)!.Retries, Of("", Checked)!.Command[^1]));

    [Fact]
    public void Each_value_of_the_file_goes_before_the_images()
    {
        var spec = Of("healthcheck: {interval: 1s}", Checked)!;

        Assert.Equal((1, 3, 9, "probe"), (spec.Interval.TotalSeconds, spec.Timeout.TotalSeconds, spec.Retries, spec.Command[^1]));
    }

    [Theory]
    [InlineData("healthcheck: {disable: true}")]
    [InlineData("healthcheck: {test: [NONE]}")]
    public void Can_be_switched_off(string yaml) => Assert.Null(Of(yaml, Checked));

    [Fact]
    public void A_pace_for_the_start_needs_to_know_how_long_that_is()
    {
        const string Yaml = "healthcheck: {test: probe, start_interval: 1s}";
        Assert.StartsWith("service web: healthcheck.start_interval requires healthcheck.start_period to be set", Assert.Single(
            PlannerFixture.Up(PlannerFixture.Load($"services: {{web: {{image: i, command: x, {Yaml}}}}}")).Errors));
        Assert.Equal(1, Of(Yaml.Replace("start_interval", "start_period: 5s, start_interval"))!.StartInterval.TotalSeconds);
        Assert.Equal(1, Of(Yaml, new ImageConfig { Healthcheck = new Devoxx.Oci.Healthcheck { StartPeriod = 5_000_000_000 } })!.StartInterval.TotalSeconds);
        Assert.Null(Of("healthcheck: {disable: true, start_interval: 1s}"));
    }

    [Fact]
    public void Without_a_test_there_is_none() => Assert.Null(Of("healthcheck: {interval: 1s}"));

    private static HealthSpec? Of(string yaml, ImageConfig? image = null) =>
        Assert.Single(PlannerFixture.Created(PlannerFixture.Up(PlannerFixture.Load($$"""
            services:
              web:
                image: i
                command: x
                {{yaml}}
            """), image: image))).Health;
}
