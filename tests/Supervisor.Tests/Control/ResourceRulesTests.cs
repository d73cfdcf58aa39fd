using System.Collections.Immutable;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Tests.Control;

public sealed class ResourceRulesTests
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    private static readonly ImmutableArray<NetworkState> Known =
        [new NetworkState { Phase = NetworkPhase.Ready, Spec = new NetworkSpec { Name = "edge", Id = "1f2e3d4c5b6a7988" } }];

    private static string? Refusal(CreateNetworkRequest request) => ResourceRules.Refusal(request.ToNetwork(), request.Name, Known);

    [Fact]
    public void A_network_made_by_hand_is_refused_for_what_a_file_would_be_refused_for()
    {
        Assert.Null(Refusal(new("front", "bridge", None, None, [new NetworkSubnetView("10.9.0.0/24", "10.9.0.9", "10.9.0.128/25", null)])));
        Assert.Equal("network edge exists already", Refusal(new("edge", null, None, None, [])));
        Assert.Contains("network_mode: host", Refusal(new("front", "host", None, None, [])));
        Assert.Contains("driver_opts `parent`", Refusal(new("front", "macvlan", None, None, [])));
        Assert.Contains("10.8.0.1 is not an address of subnet", Refusal(new("front", null, None, None, [new NetworkSubnetView("10.9.0.0/24", "10.8.0.1", null, null)])));
    }

    [Fact]
    public void A_network_is_found_by_its_name_or_by_twelve_digits_of_its_id()
    {
        Assert.NotNull(ResourceRules.Find(Known, "edge"));
        Assert.NotNull(ResourceRules.Find(Known, "1f2e3d4c5b6a"));
        Assert.Null(ResourceRules.Find(Known, "1f2e3d4c5b6"));
    }

    [Fact]
    public void A_volume_stays_while_a_container_has_it()
    {
        var users = new[] { ("data", "shop-db-1") }.ToLookup(u => u.Item1, u => u.Item2);
        Assert.Equal("volume data is in use by container shop-db-1", ResourceRules.InUse("data", users));
        Assert.Null(ResourceRules.InUse("other", users));
        Assert.Contains("type", ResourceRules.Refusal(new CreateVolumeRequest("data", null, None.Add("size", "1m"), None).ToVolume(), "data"));
    }
}
