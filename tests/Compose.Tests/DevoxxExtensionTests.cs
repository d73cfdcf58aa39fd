namespace Devoxx.Compose.Tests;

public sealed class DevoxxExtensionTests
{
    [Fact]
    public void Reads_all_there_is()
    {
        var result = Load("""
            x-devoxx:
              notify: true
              watchdog: 10s
              restart:
                base: 500ms
                factor: 1.5
                cap: 30s
                jitter: 0.1
                reset_after: 2m
                success_exit_codes: [0, 3]
                permanent_failure_exit_codes: 78
                on_unhealthy: restart
            restart: always
            """);
        var said = DevoxxExtension.Of(result.Project!.Services["web"]);

        Assert.Empty(StartChecks.For(result));
        Assert.Equal((true, 10), (said.Notify, said.Watchdog!.Value.TotalSeconds));
        var restart = said.Restart!;
        Assert.Equal((0.5, 1.5, 30, 0.1, 120, "restart"), (restart.Base!.Value.TotalSeconds, restart.Factor, restart.Cap!.Value.TotalSeconds, restart.Jitter, restart.ResetAfter!.Value.TotalSeconds, restart.OnUnhealthy));
        Assert.Equal([0, 3], restart.SuccessExitCodes!.Value);
        Assert.Equal([78], restart.PermanentFailureExitCodes!.Value);
    }

    [Theory]
    [InlineData("x-devoxx: {notfy: true}", "4:16: services.web.x-devoxx.notfy is not known; did you mean notify?")]
    [InlineData("x-devoxx: {restart: {reset-after: 1s}}\n    restart: always", "4:26: services.web.x-devoxx.restart.reset-after is not known; did you mean reset_after?")]
    [InlineData("x-devoxx: {colour: red}", "4:16: services.web.x-devoxx.colour is not known; there are notify, restart or watchdog")]
    [InlineData("x-devoxx: true", "4:15: services.web.x-devoxx is a boolean; write a mapping with notify, restart or watchdog")]
    [InlineData("x-devoxx: {notify: maybe}", "4:24: services.web.x-devoxx.notify: `maybe` cannot be; write true or false")]
    [InlineData("x-devoxx: {watchdog: 5s}", "4:16: services.web.x-devoxx.watchdog: a watchdog is fed by notifications; write notify: true beside it")]
    [InlineData("x-devoxx: {restart: {base: 5}}\n    restart: always", "4:32: services.web.x-devoxx.restart.base: `5` cannot be; write a duration with a unit, such as 500ms or 1m30s")]
    [InlineData("x-devoxx: {restart: {jitter: 2}}\n    restart: always", "4:34: services.web.x-devoxx.restart.jitter: `2` cannot be; write a number from 0 to 1")]
    [InlineData("x-devoxx: {restart: {on_unhealthy: explode}}", "4:40: services.web.x-devoxx.restart.on_unhealthy: `explode` cannot be; write none, restart or stop")]
    [InlineData("x-devoxx: {restart: {base: 5s, cap: 1s}}\n    restart: always", "4:36: services.web.x-devoxx.restart.cap is less than base; no delay can be longer than the cap")]
    [InlineData("x-devoxx: {restart: {success_exit_codes: [0, 300]}}\n    restart: always", "4:50: services.web.x-devoxx.restart.success_exit_codes: `300` cannot be; write exit codes from 0 to 255")]
    [InlineData("x-devoxx: {restart: {base: 1s}}", "4:16: services.web.x-devoxx.restart has no effect: the service is never restarted; write `restart: on-failure` or another policy beside it")]
    public void Refuses_at_up_what_cannot_be(string yaml, string error)
    {
        var result = Load(yaml);

        Assert.NotNull(result.Project);
        Assert.Equal(error, Assert.Single(StartChecks.For(result)).ToString().Replace("/srv/app/compose.yaml:", ""));
    }

    [Theory]
    [InlineData("x-devoxx: {restart: {on_unhealthy: restart}}")]
    [InlineData("x-devoxx: {restart: {base: 1s}}\n    deploy: {restart_policy: {max_attempts: 3}}")]
    [InlineData("x-devoxx:")]
    [InlineData("x-other: {anything: goes}")]
    public void Takes_what_has_an_effect(string yaml) => Assert.Empty(StartChecks.For(Load(yaml)));

    private static LoadResult Load(string yaml) =>
        ComposeLoader.Load(Compose.Request("services:\n  web:\n    image: x\n    " + (yaml.Contains("\n    ") && yaml.StartsWith("x-devoxx: ", StringComparison.Ordinal) ? yaml : yaml.ReplaceLineEndings("\n    ")) + "\n"));
}
