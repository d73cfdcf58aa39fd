using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Native.Cgroups;
using Devoxx.Supervisor.Bundles;

namespace Devoxx.Supervisor.Cgroups;

/// <summary>Rights on devices beyond those that every container has.</summary>
internal static class DeviceGrants
{
    /// <param name="grants">As <see cref="Containers.ResourceLimits.DeviceRules"/> has them.</param>
    /// <exception cref="IOException">A path names no device.</exception>
    public static IEnumerable<DeviceRule> Of(IEnumerable<string> grants) => grants.SelectMany(Of);

    private static IEnumerable<DeviceRule> Of(string grant)
    {
        if (grant.StartsWith('/'))
        {
            var space = grant.LastIndexOf(' ');
            return HostDevices.At(grant[..space], grant[..space]).Select(node => new DeviceRule(true, node.Type[0], node.Major, node.Minor, grant[(space + 1)..]));
        }

        var words = grant.Split(' ');
        var numbers = words[1].Split(':');
        // The kernel takes `a` for everything, whatever numbers follow; both types by number are two rules.
        return (words[0] == "a" ? "bc" : words[0]).Select(type => new DeviceRule(true, type, Number(numbers[0]), Number(numbers[1]), words[2])).ToImmutableArray();
    }

    private static long? Number(string text) => text == "*" ? null : long.Parse(text, CultureInfo.InvariantCulture);
}
