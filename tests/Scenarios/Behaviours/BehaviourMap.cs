using Xunit;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>Which scenario shows which behaviour of the reference that issue 3 asks for: 1 to 32, and 39.</summary>
public sealed class BehaviourMap
{
    private static readonly Dictionary<int, string[]> Shown = new()
    {
        [1] = [nameof(LifeBehaviours.Up_ps_down_of_one_and_down_of_all_and_the_labels), nameof(VerbsScenario.Top_and_stats_show_what_the_kernel_counts)],
        [2] = [nameof(DependenciesScenario.Wait_returns_when_all_is_ready_and_says_why_when_it_is_not), nameof(HealthBehaviours.Up_waits_for_health_and_fails_when_it_does_not_come)],
        [3] = [nameof(DependenciesScenario.Wait_returns_when_all_is_ready_and_says_why_when_it_is_not)],
        [4] = [nameof(AttachedBehaviours.The_exit_code_is_that_of_the_service_asked_for_or_of_the_failure)],
        [5] = [nameof(AttachedBehaviours.The_exit_code_is_that_of_the_service_asked_for_or_of_the_failure)],
        [6] = [nameof(OneOffBehaviours.A_one_off_that_ends_ends_nothing_else)],
        [7] = [nameof(DependenciesScenario.Starts_in_order_waits_for_completion_and_passes_over_what_is_not_required_and_follows_a_restart)],
        [8] = [nameof(DependenciesScenario.Fails_when_a_dependency_ends_badly_and_a_stop_ends_the_waiting), nameof(HealthBehaviours.Up_waits_for_health_and_fails_when_it_does_not_come)],
        [9] = [nameof(DependenciesScenario.Starts_in_order_waits_for_completion_and_passes_over_what_is_not_required_and_follows_a_restart), nameof(HealthBehaviours.Up_waits_for_health_and_fails_when_it_does_not_come)],
        [10] = [nameof(HealthBehaviours.The_first_probes_come_sooner_when_told_so)],
        [11] = [nameof(AttachedBehaviours.Ctrl_C_stops_what_was_named_and_nothing_else), nameof(AttachedScenario.Ctrl_C_stops_gracefully_and_a_second_one_kills)],
        [12] = [nameof(AttachedScenario.Puts_standard_error_of_containers_on_standard_error)],
        [13] = [nameof(AttachedScenario.Goes_on_showing_a_service_that_restarts)],
        [14] = [nameof(LifeBehaviours.Up_ps_down_of_one_and_down_of_all_and_the_labels), nameof(UpAgainScenario.Does_nothing_when_nothing_has_changed)],
        [15] = [nameof(ScaleBehaviours.Recreates_dependencies_only_when_told_to)],
        [16] = [nameof(ScaleBehaviours.No_deps_makes_no_dependency_and_a_name_can_be_had_once)],
        [17] = [nameof(NetworkBehaviours.A_changed_network_is_made_anew_with_its_users_and_a_missing_one_fails_its_users_only)],
        [18] = [nameof(ScaleBehaviours.A_changed_volume_is_made_anew_with_yes_and_kept_without)],
        [19] = [nameof(ScaleBehaviours.No_deps_makes_no_dependency_and_a_name_can_be_had_once)],
        [20] = [nameof(NetworkBehaviours.A_changed_network_is_made_anew_with_its_users_and_a_missing_one_fails_its_users_only)],
        [21] = [nameof(ScaleBehaviours.Scaling_adds_and_removes_replicas_and_touches_no_other)],
        [22] = [nameof(ScaleBehaviours.Scaling_adds_and_removes_replicas_and_touches_no_other)],
        [23] = [nameof(ScaleBehaviours.Scaling_adds_and_removes_replicas_and_touches_no_other)],
        [24] = [nameof(NetworkBehaviours.A_published_range_serves_as_many_replicas)],
        [25] = [nameof(LifeBehaviours.Stop_start_and_restart_keep_the_containers_and_mind_dependencies)],
        [26] = [nameof(LifeBehaviours.Stop_start_and_restart_keep_the_containers_and_mind_dependencies)],
        [27] = [nameof(RunScenario.Is_no_replica_of_its_service)],
        [28] = [nameof(LifeBehaviours.Stop_start_and_restart_keep_the_containers_and_mind_dependencies), nameof(LifeBehaviours.A_replaced_dependency_restarts_its_dependants)],
        [29] = [nameof(LifeBehaviours.Up_ps_down_of_one_and_down_of_all_and_the_labels), nameof(VerbsScenario.Create_makes_scale_multiplies_and_rm_removes)],
        [30] = [nameof(LifeBehaviours.The_environment_file_has_orphans_removed)],
        [31] = [nameof(PauseScenario.Stands_still_until_it_may_go_on_also_over_a_killed_supervisor)],
        [32] = [nameof(RunScenario.Streams_exit_code_and_options_are_the_commands), nameof(RunScenario.Is_no_replica_of_its_service)],
        [39] = [nameof(VerbsScenario.Wait_ends_with_what_it_waits_for)],
    };

    [Fact]
    public void Every_behaviour_is_shown_by_a_scenario()
    {
        Assert.Equal([.. Enumerable.Range(1, 32), 39], Shown.Keys);
        var facts = typeof(BehaviourMap).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0).Select(method => method.Name).ToHashSet();
        Assert.All(Shown.Values.SelectMany(names => names), name => Assert.Contains(name, facts));
    }
}
